// What the network sees in the photo: its classes with the largest shares.

import { api, urls } from '../../api.js';
import { fill, h, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { MODEL } from './looks.js';

const SHOWN = 5;
const SIDE = 640;

/** The photo beside its classes: { element, show(photo) }. */
export function classBars() {
  const image = h('img', { class: 'loop-picture', alt: t('learn.loop.look.photo'), draggable: false });
  const frame = h('div', { class: 'loop-frame' }, image);
  const list = h('ol', { class: 'loop-classes', 'aria-label': t('learn.loop.look.label') });
  return {
    element: h('div', { class: 'loop-look' }, frame, list),
    async show(photo) {
      setVars(frame, { ratio: photo.width / photo.height });
      image.src = urls.view(photo.id, SIDE);
      const { networks } = await api.get(`/api/pictures/${photo.id}/classes`);
      const { classes } = networks.find(({ model }) => model === MODEL);
      const largest = classes[0].probability;
      fill(list, classes.slice(0, SHOWN).map(({ name, probability }) => h('li', null,
        h('span', null, name), h('span', { class: 'loop-share' }, t('learn.loop.look.share', { n: Math.round(probability * 1000) / 10 })),
        h('span', { class: 'bar', 'aria-hidden': 'true', vars: { share: probability / largest } }))));
    },
  };
}
