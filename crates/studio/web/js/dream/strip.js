// The film strip: a preview of every filter on the photo.

import { h } from '../dom.js';
import { urls } from '../api.js';

/** Longer side of a preview in pixels. */
export const PREVIEW_SIDE = 288;

/** Creates the strip, a group of radio buttons. */
export function createStrip(session, actions, previews, catalogue) {
  const frames = catalogue.presets.map((preset) => createFrame(preset, actions));
  const element = h('div', { class: 'strip', role: 'radiogroup', 'aria-label': 'Filter' },
    h('div', { class: 'frames' }, frames.map(({ label }) => label)));

  element.addEventListener('wheel', (event) => {
    if (Math.abs(event.deltaY) <= Math.abs(event.deltaX) || event.ctrlKey) return;
    event.preventDefault();
    element.firstElementChild.scrollLeft += event.deltaY;
  });

  session.watch(['photo'], ({ photo }) => {
    if (!photo) return;
    for (const frame of frames) show(frame, photo);
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

  session.watch(['look', 'photo'], ({ look }) => {
    for (const { preset, input, label } of frames) {
      input.checked = preset.name === look.preset;
      if (input.checked && session.photo) reveal(label);
    }
  });
  return element;
}

function createFrame(preset, actions) {
  const image = h('img', { alt: '', hidden: true });
  const window = h('span', { class: 'window skeleton' }, image);
  const about = h('span', { class: 'visually-hidden', id: `about-${preset.name}` }, preset.about);
  const input = h('input', {
    type: 'radio', name: 'filter', value: preset.name, class: 'visually-hidden', 'aria-label': preset.name,
    'aria-describedby': about.id, onchange: () => actions.chooseFilter(preset.name),
  });
  const label = h('label', { title: preset.about }, input, window, h('span', { class: 'name' }, preset.name), about);
  return { preset, input, window, image, label };
}

/** Scrolls the strip, but not the page. */
function reveal(label) {
  const strip = label.parentElement;
  const left = label.offsetLeft - strip.offsetLeft - (strip.clientWidth - label.offsetWidth) / 2;
  strip.scrollTo({ left, behavior: 'smooth' });
}
