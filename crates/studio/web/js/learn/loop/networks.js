// The same photo in the dreams of networks that learned from different pictures.

import { urls } from '../../api.js';
import { h, setVars } from '../../dom.js';
import { rich, t } from '../../messages.js';
import { figure } from '../chapter.js';

const PRESETS = ['dogs', 'eyeballs', 'impressionist'];
const SIDE = 360;
const PHOTO = 640;

/** The figure: { element, show(photo) }. */
export function networkRow() {
  const own = h('img', { class: 'loop-picture', alt: t('learn.loop.networks.photo'), draggable: false });
  const cards = PRESETS.map((name) => {
    const image = h('img', { class: 'loop-picture', alt: t(`learn.loop.networks.${name}.alt`), loading: 'lazy', draggable: false });
    const frame = h('div', { class: 'loop-frame skeleton' }, image);
    image.addEventListener('load', () => frame.classList.remove('skeleton'));
    return { name, image, frame };
  });
  const row = h('ul', { class: 'loop-networks' },
    h('li', null, h('div', { class: 'loop-frame' }, own), h('p', null, h('strong', null, t('learn.loop.networks.photo')))),
    cards.map(({ name, frame }) => h('li', null, frame, h('p', null, rich(`learn.loop.networks.${name}.text`)))));
  return {
    element: figure(t('learn.loop.networks.label'), t('learn.loop.networks.caption'), row),
    show(photo) {
      setVars(row, { ratio: photo.width / photo.height });
      own.src = urls.view(photo.id, PHOTO);
      for (const { name, image, frame } of cards) {
        frame.classList.add('skeleton');
        image.src = urls.preview(photo.id, { preset: name, options: {} }, SIDE);
      }
    },
  };
}
