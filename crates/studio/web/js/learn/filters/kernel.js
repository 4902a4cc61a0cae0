// Kernels: how they are written in an address, changed and compared. { size: 3 or 5, numbers, by }

import { PRESETS, preset } from './presets.js';

export const SIZES = [3, 5];
/** The largest number of a kernel, and the largest divisor. */
export const LARGEST = 999;

const isNumber = (number) => Number.isFinite(number) && Math.abs(number) <= LARGEST;

/** The kernel in the parameters of an address: a name, or `kernel=0,-1,0,…` and perhaps `by=9`; null if there is none or it is wrong. */
export function kernelOf(params) {
  const text = params.get('kernel') ?? '';
  if (preset(text)) return preset(text);
  const numbers = text.split(',').map((one) => (one.trim() ? Number(one) : NaN));
  const by = Number(params.get('by') ?? 1);
  const size = Math.sqrt(numbers.length);
  return SIZES.includes(size) && numbers.every(isNumber) && isNumber(by) && by > 0 ? { size, numbers, by } : null;
}

/** Writes a kernel into the parameters of an address. */
export function putKernel(params, { numbers, by }) {
  params.set('kernel', numbers.join(','));
  if (by === 1) params.delete('by');
  else params.set('by', by);
}

/** Whether two kernels have the same numbers. */
export const isSame = (one, other) => one.size === other.size && one.by === other.by && one.numbers.every((number, at) => number === other.numbers[at]);

/** The preset with these numbers, if there is one. */
export const presetOf = (kernel) => PRESETS.find((preset) => isSame(preset, kernel));

/** The kernel with another number at a place. */
export const withNumber = ({ size, numbers, by }, at, number) => ({ size, numbers: numbers.with(at, number), by });

/** The kernel in another size: surrounded by zeros, or only its middle. */
export function resized({ size, numbers, by }, next) {
  const shift = (size - next) / 2;
  const number = (_, at) => {
    const [x, y] = [(at % next) + shift, Math.floor(at / next) + shift];
    return x >= 0 && y >= 0 && x < size && y < size ? numbers[y * size + x] : 0;
  };
  return { size: next, numbers: Array.from({ length: next * next }, number), by };
}

/** The sum of a kernel's weights: what it makes of a flat part of the photo. */
export const gainOf = ({ numbers, by }) => numbers.reduce((sum, number) => sum + number, 0) / by;
