// What several figures of the chapter use.

import { h, setVars } from '../../dom.js';
import { convolve } from './convolution.js';

/** The photo after a kernel, each colour by itself. */
export const filtered = ({ red, green, blue }, kernel) => ({ red: convolve(red, kernel), green: convolve(green, kernel), blue: convolve(blue, kernel) });

/** Calls `work` once before the next frame, however often it is asked for. */
export function once(work) {
  let asked = 0;
  return () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(work);
  };
}

/** Pictures of the photo's shape side by side, none higher than the screen. */
export function pair(bench, ...pictures) {
  const element = h('div', { class: 'filters-pair' }, pictures);
  bench.on(['photo'], () => setVars(element, { ratio: bench.photo.width / bench.photo.height }));
  return element;
}

/** A picture with a caption. */
export const picture = (canvas, caption) => h('figure', { class: 'filters-picture' }, canvas, h('figcaption', { class: 'dim small' }, caption));
