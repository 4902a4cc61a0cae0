// The curves of a run: how far off the network is, and how much it names right.

import { fill, h } from '../dom.js';
import { decimal, t } from '../messages.js';
import { percent } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 320;
const HEIGHT = 150;
const LEFT = 40;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;

/** Creates an element of a drawing. */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const text = (x, y, anchor, words) => draw('text', { x, y, 'text-anchor': anchor }, words);

/** A chart with its title: `show(points, steps, top, label)` draws points of step and value. */
function chart(title, about, format) {
  const svg = draw('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', class: 'curve' });
  const now = h('strong');
  const element = h('figure', { class: 'curve-figure' },
    h('figcaption', null, h('span', null, title), now, h('span', { class: 'dim small' }, about)), svg);

  function show(points, steps, top, label) {
    const across = (step) => LEFT + (step / Math.max(1, steps)) * (WIDTH - LEFT - RIGHT);
    const up = (value) => HEIGHT - BOTTOM - (Math.min(value, top) / top) * (HEIGHT - TOP - BOTTOM);
    const lines = [0, 0.5, 1].flatMap((share) => [
      draw('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: up(share * top), y2: up(share * top), class: 'curve-grid' }),
      text(LEFT - 6, up(share * top) + 4, 'end', format(share * top)),
    ]);
    const ends = points.map(({ step, value }) => `${across(step).toFixed(1)},${up(value).toFixed(1)}`);
    svg.replaceChildren(...lines,
      text(LEFT, HEIGHT - 6, 'start', '0'),
      text(WIDTH - RIGHT, HEIGHT - 6, 'end', t('train.curves.steps', { n: steps })),
      draw('polyline', { points: ends.join(' '), class: 'curve-line' }));
    const last = points.at(-1);
    if (last) svg.append(draw('circle', { cx: across(last.step), cy: up(last.value), r: 3.5, class: 'curve-end' }));
    fill(now, last ? format(last.value) : '–');
    svg.setAttribute('aria-label', last ? label(points[0], last) : t('train.curves.nothing', { title }));
  }
  return { element, show };
}

/** Creates both curves. */
export function curves() {
  const right = chart(t('train.curves.right'), t('train.curves.rightAbout'), percent);
  const loss = chart(t('train.curves.error'), t('train.curves.errorAbout'), (value) => decimal(value, value < 10 ? 2 : 0));
  const element = h('div', { class: 'curves' }, right.element, loss.element);

  /** Shows the curves of a run. */
  function show({ losses, accuracies, step, steps }) {
    element.hidden = !losses.length && !accuracies.length;
    right.show(accuracies.map(({ step: at, accuracy }) => ({ step: at, value: accuracy })), steps, 1,
      (first, last) => t('train.curves.rightLabel', { first: percent(first.value), firstStep: first.step, last: percent(last.value), lastStep: last.step, steps }));
    const points = losses.map((value, at) => ({ step: ((at + 1) / losses.length) * step, value }));
    loss.show(points, steps, niceTop(losses),
      (first, last) => t('train.curves.errorLabel', { first: decimal(first.value, 2), last: decimal(last.value, 2), step, steps }));
  }
  return { element, show };
}

/** The number at the top of the axis: not less than most values. */
function niceTop(values) {
  const most = Math.max(0.1, ...values);
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((times) => times * unit).find((top) => top >= most * 0.95) ?? most;
}
