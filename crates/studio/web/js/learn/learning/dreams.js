// The visitor's photo, dreamed by the network of the lesson and by the eyeball network, side by side.

import { urls } from '../../api.js';
import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { needPhoto, otherPhoto } from '../photo.js';
import { addresses } from './lesson.js';

const SIDE = 320;
const EYES = { preset: 'eyeballs', options: {} };

/** Creates the pictures: { element, show(lesson) }. */
export function twoDreams(context) {
  const place = (name) => {
    const image = h('img', { alt: '', hidden: true });
    const state = h('p', { class: 'dim small', role: 'status' });
    const element = h('figure', { class: 'lesson-dream' }, h('div', { class: 'lesson-dream-place' }, image, state), h('figcaption', null, h('strong', null, t(`learn.learning.dreams.${name}`)), h('span', { class: 'dim small' }, t(`learn.learning.dreams.about.${name}`))));
    image.addEventListener('load', () => {
      image.hidden = false;
      state.textContent = '';
    });
    image.addEventListener('error', () => { state.textContent = t('common.failed'); });
    return {
      element,
      load(address, alt) {
        if (image.getAttribute('src') === address) return;
        image.hidden = true;
        image.alt = alt;
        image.src = address;
        state.textContent = t('learn.learning.dreams.waiting');
      },
    };
  };
  const photo = place('photo');
  const lesson = place('lesson');
  const eyes = place('eyes');
  let query = null;

  async function draw() {
    const { id, name } = await needPhoto(context);
    photo.load(urls.view(id, SIDE), name);
    eyes.load(urls.preview(id, EYES, SIDE), t('learn.learning.dreams.eyes'));
    if (query) lesson.load(addresses.dream(query, id), t('learn.learning.dreams.lesson'));
  }
  let isShown = false;
  context.state.on(({ photo: other }) => { if (other && isShown) draw(); });
  return {
    element: h('div', null, otherPhoto(context), h('div', { class: 'lesson-dreams' }, photo.element, lesson.element, eyes.element)),
    show(next) {
      query = next.query;
      isShown = true;
      return draw();
    },
  };
}
