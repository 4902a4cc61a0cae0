// Tries a network on a picture or the camera.

import { fill, h, icon } from '../dom.js';
import { rich, t } from '../messages.js';
import { toast, toastProblem } from '../toast.js';
import { createCamera } from './camera.js';
import { classShares } from './class-shares.js';
import { dreamWith } from '../dream-with.js';

/** Milliseconds between two frames of the camera. */
const PAUSE = 250;

/** Creates the page. `zone(element, take)` makes an element take drops. */
export function tryPage(context, zone) {
  const { api, events } = context;
  let networks = [];
  let network = null;
  let turn = 0;
  const title = h('h1');
  const choice = h('select', { 'aria-label': t('train.try.choice'), onchange: () => context.open(`/train?network=${encodeURIComponent(choice.value)}`, { replace: true }) });
  const image = h('img', { alt: t('train.try.picture'), hidden: true });
  const empty = h('div', { class: 'try-empty' }, icon('photo'), h('p', null, t('train.try.drop')));
  const camera = createCamera(t('train.camera.sees'));
  const input = h('input', { type: 'file', accept: 'image/*,.jxl', hidden: true, 'aria-label': t('common.choosePicture'), onchange: () => {
    if (input.files[0] && network) look(input.files[0]);
    input.value = '';
  } });
  const live = h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => (live.ariaPressed === 'true' ? stop() : watch()) }, icon('camera'), h('span', null, t('train.camera.label')));
  const shares = classShares();
  const element = h('div', { class: 'train-section try', hidden: true },
    h('header', { class: 'training-head' },
      h('a', { class: 'button icon ghost', href: '/train', 'aria-label': t('train.try.all'), title: t('train.try.all') }, icon('chevron-left')), title, choice),
    h('div', { class: 'try-body' },
      h('div', { class: 'try-picture' },
        h('div', { class: 'try-frame' }, empty, image, camera.element),
        h('div', { class: 'try-tools' },
          h('button', { type: 'button', class: 'button primary', onclick: () => input.click() }, icon('upload'), t('train.try.choose')), live, input)),
      h('section', { class: 'try-answer card', 'aria-label': t('common.sees') },
        h('h2', null, t('common.sees')), shares.element,
        h('button', { type: 'button', class: 'button', onclick: () => dreamWith(context, network.look) }, icon('spark'), t('train.dreamWithIt')))));
  zone(element, (found) => look(found[0].file));

  const classify = (blob) => api.send(`/api/networks/${encodeURIComponent(network.name)}/classify`, blob);

  function display(kind) {
    image.hidden = kind !== 'image';
    empty.hidden = kind !== 'empty';
    camera.element.hidden = kind !== 'camera';
  }

  /** Shows a picture and what the network sees in it. */
  async function look(file) {
    stop();
    const mine = turn;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(file);
    // Some pictures that the studio reads cannot be shown by browsers.
    image.onerror = () => { image.alt = file.name; };
    image.alt = t('train.try.picture');
    display('image');
    element.setAttribute('aria-busy', 'true');
    try {
      const { classes } = await classify(file);
      if (mine === turn) shares.show(classes);
    } catch (problem) {
      toastProblem(problem);
      if (mine === turn) clear();
    }
    element.removeAttribute('aria-busy');
  }

  /** Shows the camera and what the network sees in it, frame after frame. */
  async function watch() {
    stop();
    const mine = turn;
    display('camera');
    live.ariaPressed = 'true';
    live.lastChild.textContent = t('train.try.stopCamera');
    if (!await camera.start()) {
      live.ariaPressed = 'false';
      live.lastChild.textContent = t('train.camera.label');
      return;
    }
    while (mine === turn) {
      const begun = performance.now();
      const frame = await camera.grab();
      try {
        const answer = frame && await classify(frame);
        if (answer && mine === turn) shares.show(answer.classes);
      } catch (problem) {
        if (mine === turn) {
          toastProblem(problem);
          stop();
        }
      }
      await new Promise((done) => { setTimeout(done, Math.max(20, PAUSE - (performance.now() - begun))); });
    }
  }

  function stop() {
    turn += 1;
    const wasOn = camera.isOn;
    camera.stop();
    live.ariaPressed = 'false';
    live.lastChild.textContent = t('train.camera.label');
    if (wasOn) display('empty');
  }

  function clear() {
    display('empty');
    shares.clear(network.classes.map(({ name }) => name));
  }

  async function refresh(name) {
    ({ networks } = await api.get('/api/networks'));
    const usable = networks.filter(({ problem }) => !problem);
    const found = usable.find((one) => one.name === name);
    if (!found) return null;
    choice.replaceChildren(...usable.map((one) => h('option', { value: one.name, selected: one.name === name }, one.name)));
    choice.hidden = usable.length < 2;
    return found;
  }

  /** Shows a network. */
  async function show(name) {
    if (network?.name === name) return;
    stop();
    const found = await refresh(name);
    if (!found) {
      toast(t('train.try.missing', { name }), { kind: 'error' });
      context.open('/train', { replace: true });
      return;
    }
    network = found;
    fill(title, rich('train.try.title', { name: h('span', { class: choice.hidden ? '' : 'visually-hidden' }, name) }));
    clear();
  }

  function hide() {
    stop();
    network = null;
  }

  events.on('networks', () => { if (network) refresh(network.name).then((found) => { network = found ?? network; }, toastProblem); });
  return { element, show, hide };
}
