/** Draws the layers of a network from picture to classes: wider boxes have more channels, higher boxes finer maps. */
import { networkTitle } from '../catalogue.js';
import { fill, h } from '../dom.js';
import { t } from '../messages.js';
import { roving } from '../roving.js';
import { hint } from './hints.js';

const WIDEST = 1280;
const COARSEST = 64;

/** The width and height of a box, 0 to 1: by the square root of the channels and the logarithm of the map's resolution. */
const shapeOf = ({ channels, stride }) => ({
  wide: Math.min(1, Math.sqrt(channels / WIDEST)).toFixed(3),
  high: stride ? (Math.log2(COARSEST / stride) / Math.log2(COARSEST)).toFixed(3) : 0.08,
});

/** The block of a layer with a dot, such as "block8."; empty for layers outside blocks. */
const blockOf = (layer) => layer.name.match(/^.+\./)?.[0] ?? '';

/** Create the drawing. `select({ model, layer })` is called for another layer or network. */
export function network(models, select) {
  const switches = h('div', { class: 'tabs', role: 'group', 'aria-label': t('explorer.network.choice') });
  const list = h('ol', { class: 'network-layers', 'aria-label': t('explorer.network.layers') });
  const walk = roving(list);
  const element = h('section', { class: 'network', 'aria-label': t('explorer.network.label') },
    switches,
    hint('layer'),
    list);
  let drawn = null;

  /** Offer the networks, which may have changed. */
  function offer() {
    fill(switches, models.map((model) => h('label', {},
      h('input', {
        type: 'radio', name: 'explorer-network', value: model.name, checked: model.name === drawn?.name,
        onchange: () => select({ model: model.name, layer: model.default_layer }),
      }),
      h('span', {}, networkTitle(models, model.name)))));
  }
  offer();

  function box(model, layer) {
    const inside = blockOf(layer);
    return h('li', { class: inside && 'inner' },
      h('button', {
        type: 'button', class: 'network-layer', vars: shapeOf(layer), dataset: { layer: layer.name },
        onclick: () => select({ model: model.name, layer: layer.name }),
      },
      h('span', { class: 'network-box' }),
      h('span', { class: 'network-name' }, h('span', { class: 'visually-hidden' }, inside), layer.name.slice(inside.length)),
      h('span', { class: 'network-channels' }, layer.channels,
        h('span', { class: 'visually-hidden' }, layer.stride ? t('explorer.network.channelsAndStride', { stride: layer.stride }) : t('explorer.network.channels')))));
  }

  /** Draw a network and mark a layer. */
  function show(modelName, layerName) {
    const model = models.find((one) => one.name === modelName);
    if (drawn !== model) {
      drawn = model;
      fill(list, model.layers.map((layer) => box(model, layer)));
      for (const input of switches.querySelectorAll('input')) input.checked = input.value === modelName;
    }
    for (const button of list.querySelectorAll('button')) {
      const chosen = button.dataset.layer === layerName;
      if (chosen) {
        button.setAttribute('aria-current', 'true');
        walk.update(button.parentElement);
        reveal(list, button.parentElement);
      } else button.removeAttribute('aria-current');
    }
  }

  return { element, show, offer };
}

/** Scroll only the list, so that an item is visible. */
function reveal(list, item) {
  const { top, bottom, left, right } = list.getBoundingClientRect();
  const at = item.getBoundingClientRect();
  if (at.top < top || at.bottom > bottom) list.scrollTop += at.top - top - list.clientHeight / 2;
  if (at.left < left || at.right > right) list.scrollLeft += at.left - left - list.clientWidth / 2;
}
