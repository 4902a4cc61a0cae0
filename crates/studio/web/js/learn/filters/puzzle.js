// Which kernel made this? A picture, and kernels to choose from.

import { fill, h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { drawColours } from './drawing.js';
import { kernelGrid, kernelWords } from './kernel-grid.js';
import { filtered, pair, picture } from './parts.js';
import { preset } from './presets.js';

const text = (name, values) => t(`learn.filters.puzzle.${name}`, values);
const turned = ({ size, numbers, by }) => ({ size, numbers: numbers.toReversed(), by });
const transposed = ({ size, numbers, by }) => ({ size, numbers: numbers.map((_, at) => numbers[(at % size) * size + Math.floor(at / size)]), by });

const HALF = { size: 3, numbers: [0, 0, 0, 0, 1, 0, 0, 0, 0], by: 2 };

/** The rounds, each with the kernels to choose from and the number of the right one; why it is right is a text. */
const ROUNDS = [
  { kernels: [preset('sharpen'), preset('outline'), preset('blur')], right: 1 },
  { kernels: [preset('blur-5'), preset('emboss'), preset('sharpen')], right: 0 },
  { kernels: [preset('box'), preset('identity'), HALF], right: 2 },
  { kernels: [preset('sobel-x'), preset('sobel-y'), preset('edges')], right: 1 },
  { kernels: [transposed(preset('lines')), preset('spots'), preset('lines'), preset('edges')], right: 0 },
  { kernels: [preset('emboss'), turned(preset('emboss')), preset('sharpen'), preset('outline')], right: 1 },
];

export function puzzle(bench) {
  const before = h('canvas', { role: 'img', 'aria-label': t('learn.filters.lab.photo') });
  const after = h('canvas', { role: 'img', 'aria-label': text('mystery') });
  const head = h('p', { class: 'learn-eyebrow' });
  const choices = h('div', { class: 'filters-choices' });
  const verdict = h('div', { class: 'learn-verdict', role: 'status' });
  const onward = h('button', { type: 'button', class: 'button primary', hidden: true, onclick: next });
  let round = 0;
  /** Rounds that were right at the first guess. */
  let score = 0;
  let guesses = 0;

  function ask() {
    guesses = 0;
    const { kernels } = ROUNDS[round];
    fill(head, text('round', { n: round + 1, of: ROUNDS.length }));
    fill(choices, kernels.map((kernel, at) => h('button', { type: 'button', class: 'filters-kernel-choice', onclick: ({ currentTarget }) => guess(at, currentTarget) },
      h('span', { class: 'visually-hidden' }, t('learn.filters.kernel', { rows: kernelWords(kernel) })),
      h('span', { 'aria-hidden': 'true' }, kernelGrid(kernel)),
      h('span', { class: 'filters-made' }))));
    fill(verdict);
    onward.hidden = true;
    draw();
  }

  function draw() {
    const { kernels, right } = ROUNDS[round];
    drawColours(before, bench.middle);
    drawColours(after, filtered(bench.middle, kernels[right]));
  }

  function guess(at, button) {
    const { kernels, right } = ROUNDS[round];
    const isRight = at === right;
    guesses += 1;
    if (isRight && guesses === 1) score += 1;
    button.setAttribute('aria-pressed', 'true');
    button.classList.add(isRight ? 'right' : 'wrong');
    if (!isRight) {
      // What it makes instead.
      const made = h('canvas', { 'aria-hidden': 'true' });
      drawColours(made, filtered(bench.middle, kernels[at]));
      fill(button.lastChild, made);
    }
    fill(verdict, icon(isRight ? 'check' : 'close'), h('p', null, h('strong', null, t(isRight ? 'learn.right' : 'learn.wrong')), ' ', isRight ? text(`because.${round}`) : text('instead')));
    verdict.dataset.right = isRight;
    if (!isRight) return;
    for (const other of choices.children) other.disabled = other !== button;
    const isLast = round === ROUNDS.length - 1;
    fill(onward, isLast ? text('again') : text('next'), icon(isLast ? 'repeat' : 'chevron-right'));
    onward.hidden = false;
    if (isLast) verdict.lastChild.append(' ', h('strong', null, text('score', { n: score, of: ROUNDS.length })));
  }

  function next() {
    round = (round + 1) % ROUNDS.length;
    if (!round) score = 0;
    ask();
    choices.firstChild.focus();
  }

  bench.on(['photo'], () => (choices.childElementCount ? draw() : ask()));
  const element = figure(text('title'), null, head,
    pair(bench, picture(before, t('learn.filters.lab.photo')), picture(after, text('mystery'))),
    choices, verdict, h('div', null, onward));
  element.classList.add('filters-puzzle');
  return element;
}
