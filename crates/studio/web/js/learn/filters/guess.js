// The prediction at the beginning: the photo, nine numbers, and a question mark in the place of the result.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { question } from '../questions.js';
import { drawColours } from './drawing.js';
import { kernelGrid, kernelWords } from './kernel-grid.js';
import { filtered } from './parts.js';
import { preset } from './presets.js';

const KERNEL = preset('outline');

export function guess(bench) {
  const before = h('canvas', { role: 'img', 'aria-label': t('learn.filters.lab.photo') });
  const after = h('canvas', { role: 'img', 'aria-label': t('learn.filters.guess.result'), hidden: true });
  const secret = h('div', { class: 'filters-secret', 'aria-hidden': 'true' }, '?');
  bench.on(['photo'], () => {
    drawColours(before, bench.photo);
    drawColours(after, filtered(bench.photo, KERNEL));
  });
  const reveal = () => {
    secret.hidden = true;
    after.hidden = false;
  };
  return h('div', { class: 'learn-predict card' },
    h('p', { class: 'learn-eyebrow' }, t('learn.predict')),
    h('div', { class: 'filters-riddle' }, before,
      h('span', { class: 'filters-sign', 'aria-hidden': 'true' }, '∗'),
      h('span', { role: 'img', 'aria-label': t('learn.filters.kernel', { rows: kernelWords(KERNEL) }) }, kernelGrid(KERNEL)),
      h('span', { class: 'filters-sign', 'aria-hidden': 'true' }, '='),
      h('div', { class: 'filters-answer' }, secret, after)),
    question('learn.filters.guess.predict', reveal));
}
