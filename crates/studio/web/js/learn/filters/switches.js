// The switches of a layer: stride, padding, ReLU, pooling; and a second layer on top. All maps are drawn to scale.

import { debounce, fill, h, icon, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { aim } from './aim.js';
import { choice } from './choice.js';
import { border, convolve, fieldAt, maxPool, relu } from './convolution.js';
import { drawColours, drawSigned, strong } from './drawing.js';
import { once, pair, picture } from './parts.js';
import { shown } from './numbers.js';
import { PRESETS, preset } from './presets.js';

const STRIDES = [1, 2, 3];
const PADDINGS = ['none', 'zero', 'edge'];
const POOLS = [1, 2, 3];

const text = (name, values) => t(`learn.filters.switches.${name}`, values);
const sizeOf = ({ width, height }) => text('pixels', { width, height });
const between = (value, least, most) => Math.min(Math.max(value, least), most);

/** What one layer makes of a map: the convolution, and what follows; `most` is a strong value of the convolution. */
function apply(layer, kernel, map) {
  const convolved = convolve(map, kernel, layer);
  const clamped = layer.relu ? relu(convolved) : convolved;
  const most = strong(convolved);
  const stages = [{ name: 'map', map: clamped, most, step: { size: kernel.size, stride: layer.stride, border: border(kernel, layer.padding) } }];
  if (layer.pool > 1) stages.push({ name: 'pooled', map: maxPool(clamped, layer.pool), most, step: { size: layer.pool, stride: layer.pool, border: 0 } });
  return stages;
}

export function switches(bench) {
  const layers = [
    { isOn: true, kernel: 'sobel-x', stride: 1, padding: 'zero', relu: false, pool: 2 },
    { isOn: false, kernel: 'spots', stride: 1, padding: 'zero', relu: true, pool: 1 },
  ];
  const flow = h('ol', { class: 'filters-flow', 'aria-label': text('flow') });
  const photo = h('canvas', { role: 'img', 'aria-label': text('photo') });
  const field = h('span', { class: 'filters-window' });
  const last = h('canvas', {});
  const spot = h('span', { class: 'filters-window target' });
  const view = aim({ label: text('move'), role: text('role'), point, move: (across, down) => go(x + across, y + down) }, last, spot);
  const about = h('p', { class: 'filters-value' });
  const status = h('p', { class: 'visually-hidden', role: 'status' });
  let stages = [];
  /** The chosen value of the last map, and where that is in shares, which stay when the map gets another size. */
  let [x, y] = [0, 0];
  const place = { x: 0.5, y: 0.5 };

  const end = () => stages.at(-1).map;

  function compute() {
    stages = [];
    for (const layer of layers) {
      if (layer.isOn) stages.push(...apply(layer, preset(layer.kernel) ?? bench.kernel, stages.at(-1)?.map ?? bench.photo.grey));
    }
    draw();
  }

  function draw() {
    const { width } = bench.photo;
    const stage = (name, map, paint) => {
      const canvas = h('canvas', { 'aria-hidden': 'true', vars: { share: map.width / width } });
      paint(canvas);
      return h('li', null, h('figure', { class: 'filters-stage' }, canvas,
        h('figcaption', { class: 'small' }, h('span', { class: 'dim' }, text(name)), h('strong', null, sizeOf(map)))));
    };
    fill(flow, stage('photo', bench.photo.grey, (canvas) => drawColours(canvas, greyOf(bench.photo))),
      stages.map(({ name, map, most }) => [h('li', { class: 'filters-arrow', 'aria-hidden': 'true' }, icon('chevron-right')), stage(name, map, (canvas) => drawSigned(canvas, map, most))]));
    drawColours(photo, greyOf(bench.photo));
    drawSigned(last, end(), stages.at(-1).most);
    setVars(view, { ratio: end().width / end().height || 1 });
    point(place.x, place.y);
  }

  function point(across, down) {
    go(Math.floor(across * end().width), Math.floor(down * end().height));
  }

  function go(toX, toY) {
    const { width, height, values } = end();
    x = between(toX, 0, width - 1);
    y = between(toY, 0, height - 1);
    Object.assign(place, { x: (x + 0.5) / width, y: (y + 0.5) / height });
    setVars(spot, { left: x / width, top: y / height, width: 1 / width, height: 1 / height });
    const steps = stages.map(({ step }) => step);
    const [[left, right], [top, bottom]] = [fieldAt(steps, x), fieldAt(steps, y)];
    setVars(field, { left: left / bench.photo.width, top: top / bench.photo.height, width: (right - left + 1) / bench.photo.width, height: (bottom - top + 1) / bench.photo.height });
    const value = shown(values[y * width + x], 1);
    const side = right - left + 1;
    fill(about, h('strong', null, value), h('span', null, text('field', { side })));
    tell(text('status', { x: x + 1, y: y + 1, value, side }));
  }

  const tell = debounce(500, (words) => { status.textContent = words; });
  const change = once(() => bench.photo && compute());

  bench.on(['photo'], change);
  bench.on(['kernel'], () => layers.some(({ kernel }) => kernel === 'own') && change());
  return figure(text('title'), null,
    h('div', { class: 'filters-layers' }, layers.map((layer, at) => controls(layer, at, change))),
    flow,
    h('div', { class: 'filters-legend small' }, ['below', 'zero', 'above'].map((name) => h('span', { class: `filters-${name}` }, text(name)))),
    pair(bench,
      picture(h('div', { class: 'filters-frame' }, photo, field), text('seen')),
      picture(view, text('last'))),
    about, status);
}

const greyOf = ({ grey }) => ({ red: grey, green: grey, blue: grey });

/** The switches of a layer. The second one can be taken away. */
function controls(layer, at, change) {
  const set = (patch) => {
    Object.assign(layer, patch);
    body.hidden = !layer.isOn;
    change();
  };
  const select = h('select', { 'aria-label': text('kernel'), onchange: () => set({ kernel: select.value }) },
    [...PRESETS.map(({ name }) => name), 'own'].map((name) => h('option', { value: name, selected: name === layer.kernel }, t(`learn.filters.kernels.${name}`))));
  const pick = (name, options, read) => {
    const one = choice(text(name), options, (value) => set({ [name]: read(value) }));
    one.set(layer[name]);
    return one.element;
  };
  const tick = (name, label) => h('label', { class: 'check' }, h('input', { type: 'checkbox', role: 'switch', checked: layer[name], onchange: ({ target }) => set({ [name]: target.checked }) }), label);
  const body = h('fieldset', { class: 'filters-switches', 'aria-label': text(`layers.${at}`), hidden: !layer.isOn },
    h('label', { class: 'field' }, h('span', { class: 'label' }, text('kernel')), select),
    pick('stride', STRIDES.map((stride) => [stride, String(stride)]), Number),
    pick('padding', PADDINGS.map((padding) => [padding, text(`paddings.${padding}`)]), String),
    pick('pool', POOLS.map((pool) => [pool, pool === 1 ? text('off') : text('square', { pool })]), Number),
    tick('relu', text('relu')));
  return h('div', { class: 'filters-layer' }, at ? tick('isOn', text(`layers.${at}`)) : h('h3', null, text(`layers.${at}`)), body);
}
