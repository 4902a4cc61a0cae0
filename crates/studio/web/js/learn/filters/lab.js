// The photo and what the kernel makes of it; presets as small pictures; the numbers.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { otherPhoto } from '../photo.js';
import { drawColours } from './drawing.js';
import { kernelEditor } from './editor.js';
import { presetOf } from './kernel.js';
import { filtered, once, pair, picture } from './parts.js';
import { PRESETS } from './presets.js';

/** The presets to choose from; the others are for puzzles and networks. */
const SHOWN = ['identity', 'blur', 'blur-5', 'sharpen', 'edges', 'outline', 'emboss', 'sobel-x', 'sobel-y'];

const text = (name, values) => t(`learn.filters.lab.${name}`, values);

export function lab(bench, context) {
  const before = h('canvas', { role: 'img', 'aria-label': text('photo') });
  const after = h('canvas', { role: 'img' });
  const name = () => {
    const known = presetOf(bench.kernel);
    return known && SHOWN.includes(known.name) ? known.name : 'own';
  };

  bench.on(['photo'], () => drawColours(before, bench.photo));
  bench.on(['photo', 'kernel'], once(() => {
    drawColours(after, filtered(bench.photo, bench.kernel));
    after.setAttribute('aria-label', text('result', { kernel: t(`learn.filters.kernels.${name()}`) }));
  }));
  return figure(text('title'), null,
    presets(bench, name),
    pair(bench, picture(before, text('photo')), picture(after, text('after'))),
    kernelEditor(bench),
    otherPhoto(context));
}

/** The presets as radio buttons, each with a small picture of the photo. */
function presets(bench, name) {
  const group = h('div', { class: 'filters-presets', role: 'radiogroup', 'aria-label': text('presets') });
  const tiles = [...SHOWN, 'own'].map((one) => {
    const known = PRESETS.find((preset) => preset.name === one);
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    const input = h('input', { type: 'radio', name: 'filters-preset', value: one, onchange: () => bench.setKernel(known ?? mine) });
    return { name: one, known, canvas, input, element: h('label', { class: 'filters-preset' }, input, canvas, h('span', null, t(`learn.filters.kernels.${one}`))) };
  });
  /** The kernel of the tile "your own": the latest that is not a preset. */
  let mine = { size: 3, numbers: [0, 1, 0, 1, 2, 1, 0, 1, 0], by: 6 };
  group.append(...tiles.map(({ element }) => element));

  bench.on(['photo'], () => {
    for (const { known, canvas } of tiles) drawColours(canvas, filtered(bench.small, known ?? mine));
  });
  bench.on(['photo', 'kernel'], () => {
    const now = name();
    for (const tile of tiles) tile.input.checked = tile.name === now;
    if (now !== 'own') return;
    mine = bench.kernel;
    drawColours(tiles.at(-1).canvas, filtered(bench.small, mine));
  });
  return group;
}
