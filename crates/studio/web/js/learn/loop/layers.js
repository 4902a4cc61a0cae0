// The layers to choose from, each with the place in the photo where its strongest channel responds.

import { api } from '../../api.js';
import { h, setVars, uniqueId } from '../../dom.js';
import { t } from '../../messages.js';
import { layerPath } from '../../explorer/address.js';
import { LAYERS, MODEL } from './looks.js';

const SIDE = 320;

/** The choice: { element, show(photo), choose(name) }. `onchoose(name)` is called when a person chooses. */
export function layerChoice(onchoose) {
  const group = uniqueId('layer');
  const cards = new Map(LAYERS.map(({ name, layer }) => {
    const heat = h('img', { alt: '', draggable: false });
    const input = h('input', { type: 'radio', name: group, value: name, onchange: () => onchoose(name) });
    const card = h('label', { class: 'loop-layer' }, input, heat,
      h('span', { class: 'loop-layer-words' }, h('strong', null, t(`learn.loop.layers.${name}`)), h('span', { class: 'dim small' }, layer)));
    return [name, { card, heat, input }];
  }));
  return {
    element: h('div', { class: 'loop-layers', role: 'radiogroup', 'aria-label': t('learn.loop.layers.label') }, [...cards.values()].map(({ card }) => card)),
    choose(name) { cards.get(name).input.checked = true; },
    async show(photo) {
      await Promise.all(LAYERS.map(async ({ name, layer }) => {
        const path = layerPath({ photo: photo.id, model: MODEL, layer });
        const { strongest: [{ channel }] } = await api.get(path);
        const { card, heat } = cards.get(name);
        setVars(card, { ratio: photo.width / photo.height });
        heat.src = `${path}/map?channel=${channel}&side=${SIDE}`;
      }));
    },
  };
}
