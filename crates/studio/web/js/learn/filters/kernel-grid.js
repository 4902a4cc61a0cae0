// A kernel drawn as a square of numbers: orange above zero, blue below.

import { h } from '../../dom.js';
import { shown } from './numbers.js';

/**
 * The colour of a number as custom properties: the stronger, the nearer to `most` or its negative. Weak colours take the page's text,
 * strong ones black text; what lies between them would be hard to read, and is left out.
 */
export function tint(number, most) {
  const share = most ? Math.abs(number) / most : 0;
  const isStrong = share > 0.5;
  const amount = isStrong ? 0.6 + 0.4 * share : 0.9 * share;
  return { 'above-share': number > 0 ? amount : 0, 'below-share': number < 0 ? amount : 0, ink: isStrong ? '#000' : 'var(--text)' };
}

/** The largest number of a kernel, without its sign. */
export const largest = ({ numbers }) => Math.max(...numbers.map(Math.abs));

/** The largest kernel whose numbers are written. */
const WRITTEN = 5;

/** How many digits show the numbers of a kernel: more if all are small, fewer if one is large. */
const digitsOf = (most) => (most < 0.05 ? 3 : most < 10 ? 2 : 1);

/** A kernel to look at. */
export function kernelGrid({ size, numbers, by }) {
  const most = largest({ numbers });
  const write = (number) => size <= WRITTEN && shown(number, digitsOf(most));
  return h('span', { class: `filters-kernel ${numbers.every(Number.isInteger) ? '' : 'fine'}`, vars: { size } },
    h('span', { class: 'filters-kernel-cells' }, numbers.map((number) => h('span', { class: 'filters-number', vars: tint(number, most) }, write(number)))),
    by !== 1 && h('span', { class: 'filters-by' }, `÷ ${shown(by, 3)}`));
}

/** A kernel in words for screen readers: its rows. */
export function kernelWords({ size, numbers, by }) {
  const digits = digitsOf(largest({ numbers }));
  const rows = Array.from({ length: size }, (_, row) => numbers.slice(row * size, (row + 1) * size).map((number) => shown(number, digits)).join(' '));
  return rows.join('; ') + (by === 1 ? '' : `; ÷ ${shown(by, 3)}`);
}
