// The stage: the photo, the running dream, and the finished dream over its photo.

import { calm, h, icon, setVars } from '../dom.js';
import { urls } from '../api.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { createDivider } from './divider.js';
import { createLargePreview } from './large-preview.js';
import { createWelcome } from './welcome.js';
import { loadPicture, sideFor } from './pictures.js';
import { Mixer } from './mixer.js';
import { nameOf } from './session.js';

/** Creates the stage; `frame` is the element with the exact bounds of the picture. */
export function createStage(session, actions, previews, context, pictureInput) {
  const photo = h('img', { class: 'photo', alt: '', decoding: 'async' });
  const growing = createGrowing(session, context.events);
  const canvas = h('canvas', { class: 'result', role: 'img', hidden: true });
  const divider = createDivider();
  const shown = h('span');
  const branch = h('button', { type: 'button', class: 'button small', onclick: actions.branch }, icon('branch'), t('dream.stage.branch'));
  const tag = h('div', { class: 'stage-tag' }, shown, branch);
  const frame = h('div', { class: 'frame skeleton' }, photo, createLargePreview(session, previews), growing.element, canvas, divider.element, tag);
  const element = h('section', { class: 'dream-stage', 'aria-label': t('dream.stage.label') },
    h('div', { class: 'frame-room' }, frame),
    createWelcome(session, actions, pictureInput));
  divider.over(frame);

  const mixer = new Mixer(canvas);
  const photos = new Map();
  const photoOf = (id) => {
    const src = urls.view(id, sideFor(element));
    if (!photos.has(src)) {
      photos.clear();
      photos.set(src, loadPicture(src));
    }
    return photos.get(src);
  };

  session.watch(['photo'], async ({ photo: picture }) => {
    if (!picture) return;
    setVars(element, { ratio: picture.width / picture.height });
    frame.classList.add('skeleton');
    photo.alt = t('dream.stage.photo', { name: picture.name });
    try {
      const { src } = await photoOf(picture.id);
      if (picture !== session.photo) return;
      photo.src = src;
      frame.classList.remove('skeleton');
    } catch {
      toastProblem(new Error(t('dream.stage.noPhoto', { name: picture.name })));
    }
  });

  session.watch(['dream', 'octave'], async ({ dream, octave, photo: picture }, changed) => {
    if (!dream) {
      canvas.hidden = true;
      divider.hide();
      return;
    }
    const src = octave ? urls.octave(dream.id, octave) : urls.dream(dream.id, sideFor(element));
    try {
      const pictures = await Promise.all([photoOf(picture.id), loadPicture(src)]);
      if (dream.id !== session.dream?.id || octave !== session.octave) return;
      mixer.setPictures(...pictures);
      canvas.setAttribute('aria-label', t('dream.stage.dream', { look: nameOf(dream.look), name: dream.name }));
      canvas.hidden = false;
      growing.clear();
      if (changed.includes('dream') && !divider.isShown) divider.show();
    } catch {
      growing.clear();
      toastProblem(new Error(t('dream.stage.noDream')));
    }
  });

  session.watch(['strength'], ({ strength }) => { mixer.strength = strength; });
  session.watch(['peek'], ({ peek }) => element.classList.toggle('is-peeking', peek));
  let watched = null;
  session.watch(['job'], ({ job }) => {
    frame.classList.toggle('is-dreaming', job?.state === 'running');
    if (job && job.id !== watched) element.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' });
    watched = job?.id;
  });
  canvas.addEventListener('pointerdown', () => session.update({ peek: true }));
  for (const end of ['pointerup', 'pointerleave', 'pointercancel']) canvas.addEventListener(end, () => session.update({ peek: false }));
  session.watch(['peek', 'octave', 'dream', 'largePreview'], ({ peek, octave, dream, largePreview }) => {
    const octaveShown = Boolean(dream && octave);
    shown.textContent = peek ? t('common.photo') : octaveShown ? t('dream.stage.afterOctave', { n: octave }) : largePreview ? t('dream.stage.preview', { name: largePreview }) : '';
    tag.hidden = !shown.textContent;
    branch.hidden = peek || !octaveShown;
  });
  return { element, frame };
}

/** The newest frame of the running job, faded in over earlier ones. It stays until the dream is loaded. */
function createGrowing(session, events) {
  const element = h('div', { class: 'growing', hidden: true });
  let loading = false;
  let wanted = null;

  async function load() {
    loading = true;
    while (wanted) {
      const { job, version } = wanted;
      wanted = null;
      const image = await loadPicture(urls.frame(job, version)).catch(() => null);
      if (image && session.job?.id === job) put(image);
    }
    loading = false;
  }

  function put(image) {
    image.alt = '';
    element.append(image);
    element.hidden = false;
    // Earlier frames stay visible until this one has faded in.
    const fading = image.getAnimations().map(({ finished }) => finished);
    Promise.all(fading).then(() => {
      while (image.isConnected && image.previousSibling) image.previousSibling.remove();
    }, () => {});
  }

  function want(job, version) {
    wanted = { job, version };
    if (!loading) load();
  }

  function clear() {
    element.replaceChildren();
    element.hidden = true;
  }

  session.watch(['job'], ({ job }) => {
    if (job?.frame) {
      if (!element.children.length) want(job.id, job.frame);
    } else if (!session.dream && job?.state !== 'running') {
      clear();
    }
  });
  events.on('frame', ({ job, version }) => {
    if (job === session.job?.id) want(job, version);
  });
  return { element, clear };
}
