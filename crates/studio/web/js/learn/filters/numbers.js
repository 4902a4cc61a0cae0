// Numbers as they are shown: short, with a real minus sign.

import { language } from '../../messages.js';

const formats = new Map();

/** A number with at most so many digits after the point. */
export function shown(number, digits = 0) {
  if (!formats.has(digits)) formats.set(digits, new Intl.NumberFormat(language, { maximumFractionDigits: digits, useGrouping: false, signDisplay: 'negative' }));
  return formats.get(digits).format(number).replace('-', '−');
}
