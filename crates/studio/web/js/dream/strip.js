// The film strip: a preview of every filter on the photo, and of the user's own networks behind them.

import { lookOf, ownNetworks } from '../catalogue.js';
import { h } from '../dom.js';
import { aboutPreset } from '../help.js';
import { urls } from '../api.js';
import { t } from '../messages.js';
import { networkOf } from './session.js';

/** Longer side of a preview in pixels. */
export const PREVIEW_SIDE = 288;

/** Creates the strip, a group of radio buttons. */
export function createStrip(session, actions, previews, { catalogue, state }) {
  const frames = catalogue.presets.map((preset) => createFrame({ ...preset, about: aboutPreset(preset) }, actions));
  let own = [];
  const networks = h('div', { class: 'own-frames', role: 'group', 'aria-label': t('common.ownNetworks') });
  const element = h('div', { class: 'strip', role: 'radiogroup', 'aria-label': t('dream.strip.label') },
    h('div', { class: 'frames' }, frames.map(({ label }) => label), networks));

  element.addEventListener('wheel', (event) => {
    if (Math.abs(event.deltaY) <= Math.abs(event.deltaX) || event.ctrlKey) return;
    event.preventDefault();
    element.firstElementChild.scrollLeft += event.deltaY;
  });

  /** Shows the user's networks; a network that has not changed keeps its frame. */
  function follow() {
    own = ownNetworks(catalogue).map(({ name, digest }) => own.find((frame) => frame.preset.name === name && frame.preset.digest === digest)
      ?? createFrame({ name, digest, about: t('dream.strip.ownAbout', { name }), look: lookOf(name) }, actions));
    networks.hidden = !own.length;
    networks.replaceChildren(h('span', { class: 'own-title', 'aria-hidden': 'true' }, t('common.ownNetworks')), ...own.map(({ label }) => label));
    if (session.photo) for (const frame of own) if (!frame.image.src) show(frame, session.photo);
    mark(session.look);
  }

  session.watch(['photo'], ({ photo }) => {
    if (!photo) return;
    for (const frame of [...frames, ...own]) show(frame, photo);
  });

  async function show(frame, photo) {
    frame.window.classList.add('skeleton');
    const picture = await previews.load(urls.preview(photo.id, frame.preset.look, PREVIEW_SIDE));
    if (photo !== session.photo) return;
    frame.window.classList.remove('skeleton');
    frame.window.classList.toggle('is-missing', !picture);
    frame.image.hidden = !picture;
    if (picture) frame.image.src = picture.src;
  }

  /** Marks the frame of a look. */
  function mark(look) {
    const network = networkOf(look);
    for (const { preset, input, label } of [...frames, ...own]) {
      input.checked = preset.look.preset ? preset.name === look.preset : preset.name === network;
      if (input.checked && session.photo) reveal(element.firstElementChild, label);
    }
  }

  follow();
  state.on(({ models }) => models && follow());
  session.watch(['look', 'photo'], ({ look }) => mark(look));
  return element;
}

function createFrame(preset, actions) {
  const image = h('img', { alt: '', hidden: true });
  const window = h('span', { class: 'window skeleton' }, image);
  const about = h('span', { class: 'visually-hidden', id: `about-${preset.look.preset ? '' : 'network-'}${preset.name}` }, preset.about);
  const input = h('input', {
    type: 'radio', name: 'filter', value: preset.name, class: 'visually-hidden', 'aria-label': preset.name,
    'aria-describedby': about.id, onchange: () => actions.chooseFilter(preset.look),
  });
  const label = h('label', { title: preset.about }, input, window, h('span', { class: 'name' }, preset.name), about);
  return { preset, input, window, image, label };
}

/** Scrolls the strip, but not the page. */
function reveal(strip, label) {
  const left = label.offsetLeft - strip.offsetLeft - (strip.clientWidth - label.offsetWidth) / 2;
  strip.scrollTo({ left, behavior: 'smooth' });
}
