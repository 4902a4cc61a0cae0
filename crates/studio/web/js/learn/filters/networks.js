// The first kernels of a real network: each as a small colour picture beside its map of the photo; one of them in detail, how it adds
// up three colours.

import { fill, h, icon } from '../../dom.js';
import { explorerPath, layerPath } from '../../explorer/address.js';
import { Maps } from '../../explorer/maps.js';
import { t } from '../../messages.js';
import { roving } from '../../roving.js';
import { toastProblem } from '../../toast.js';
import { figure } from '../chapter.js';
import { choice } from './choice.js';
import { convolve } from './convolution.js';
import { drawKernel, drawSigned, strong } from './drawing.js';
import { kernelGrid, kernelWords } from './kernel-grid.js';
import { LIGHTS } from './lights.js';

const COLOURS = LIGHTS.colours;
/** The longer side of the engine's map, in pixels. */
const MAP_SIDE = 640;

const text = (name, values) => t(`learn.filters.networks.${name}`, values);

export function networks(bench, { api, catalogue, state }) {
  const { models } = catalogue;
  const list = h('ul', { class: 'filters-own', 'aria-label': text('all') });
  const walk = roving(list);
  const detail = h('div', { class: 'filters-detail', role: 'region', 'aria-label': text('detail') });
  const names = h('div', null);
  let model = models[0]?.name;
  /** What is shown: { photo, model, layer, kernels }. */
  let shown = {};
  let isSeen = false;

  function offer() {
    if (!models.some(({ name }) => name === model)) model = models[0]?.name;
    const one = choice(text('network'), models.map(({ name, title }) => [name, title]), (value) => {
      model = value;
      load();
    });
    one.set(model);
    fill(names, one.element);
  }

  async function load() {
    const { photo } = state;
    if (!isSeen || !photo || (shown.photo === photo.id && shown.model === model)) return;
    const mine = { photo: photo.id, model };
    shown = mine;
    list.setAttribute('aria-busy', 'true');
    try {
      const first = await api.get(`/api/models/${model}/kernels`);
      if (shown !== mine) return;
      Object.assign(mine, first);
      const info = await api.get(layerPath(mine));
      if (shown === mine) show(info);
    } catch (problem) {
      if (shown !== mine) return;
      shown = {};
      fill(list);
      fill(detail, h('p', { class: 'dim' }, problem.detail));
    }
    list.removeAttribute('aria-busy');
  }

  function show(info) {
    const maps = new Maps(shown, info);
    maps.ready.catch(toastProblem);
    fill(list, Array.from({ length: shown.channels }, (_, channel) => {
      const kernel = h('canvas', { class: 'filters-colour', 'aria-hidden': 'true' });
      drawKernel(kernel, kernelOf(shown, channel));
      return h('li', null, h('button', { type: 'button', class: 'filters-tile', 'aria-label': text('kernel', { n: channel }), 'aria-pressed': 'false', onclick: () => choose(channel) },
        kernel, maps.draw(channel)));
    }));
    walk.update();
    choose(mostBalanced(shown, info.strongest));
  }

  function choose(channel) {
    [...list.children].forEach((item, at) => item.firstChild.setAttribute('aria-pressed', String(at === channel)));
    const kernel = kernelOf(shown, channel);
    const maps = COLOURS.map((colour, at) => convolve(bench.photo[colour], planeOf(kernel, at)));
    const values = maps[0].values.map((_, at) => maps.reduce((sum, map) => sum + map.values[at], 0));
    const sum = { ...maps[0], values };
    const most = strong(sum);
    const large = h('canvas', { class: 'filters-colour large', 'aria-hidden': 'true' });
    drawKernel(large, kernel);
    const part = (map, head, label) => {
      const canvas = h('canvas', { role: 'img', 'aria-label': label });
      drawSigned(canvas, map, most);
      return h('div', { class: 'filters-term' }, head, canvas, h('span', { class: 'dim small' }, label));
    };
    const sign = (one) => h('span', { class: 'filters-sign', 'aria-hidden': 'true' }, one);
    fill(detail,
      h('h3', null, text('kernel', { n: channel })),
      h('div', { class: 'filters-terms-of' },
        COLOURS.map((colour, at) => {
          const plane = planeOf(kernel, at);
          return [at > 0 && sign('+'), part(maps[at], h('span', { role: 'img', 'aria-label': t('learn.filters.kernel', { rows: kernelWords(plane) }) }, kernelGrid(plane)), text(`colours.${colour}`))];
        }),
        sign('='), part(sum, large, text('sum'))),
      h('figure', { class: 'filters-picture' },
        h('img', { src: `${layerPath(shown)}/map?channel=${channel}&side=${MAP_SIDE}`, alt: text('engine') }),
        h('figcaption', { class: 'dim small' }, text('engine'))),
      h('a', { class: 'button small', href: explorerPath({ ...shown, channel }) }, icon('layers'), text('explore')));
  }

  const eye = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    eye.disconnect();
    isSeen = true;
    load();
  }, { rootMargin: '300px' });
  const element = figure(text('title'), text('note'), names, h('div', { class: 'filters-network' }, list, detail));
  eye.observe(element);
  offer();
  bench.on(['photo'], load);
  state.on(({ models: changed }) => {
    if (!changed) return;
    offer();
    load();
  });
  return element;
}

/** The numbers of a kernel: { rows, columns, numbers: [rows][columns][3] }. */
const kernelOf = ({ rows, columns, weights }, channel) => ({ rows, columns, numbers: weights.slice(channel * rows * columns * 3, (channel + 1) * rows * columns * 3) });

/** Of the stronger half of the channels, the one whose numbers add up nearest to zero: it finds changes, not brightness. */
function mostBalanced(first, strongest) {
  const balance = (channel) => {
    const { numbers } = kernelOf(first, channel);
    const add = (sum, number) => sum + number;
    return Math.abs(numbers.reduce(add)) / numbers.map(Math.abs).reduce(add);
  };
  const candidates = strongest.slice(0, Math.ceil(strongest.length / 2)).map(({ channel }) => channel);
  return candidates.reduce((best, channel) => (balance(channel) < balance(best) ? channel : best));
}

/** The part of a kernel that looks at one colour. */
const planeOf = ({ rows, numbers }, colour) => ({ size: rows, numbers: numbers.filter((_, at) => at % 3 === colour), by: 1 });
