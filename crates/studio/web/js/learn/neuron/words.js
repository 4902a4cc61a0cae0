// Names, numbers and marks that the parts of the chapter share.

import { h } from '../../dom.js';
import { language, t } from '../../messages.js';
import { draw } from './fruit.js';
import { NUMBERS } from './table.js';

const MARKS = { orange: 'M0-4.600a4.6 4.6 0 1 0 .01 0z', peach: 'M0-6 6 0 0 6-6 0z', apple: 'M0-5.500 5.5 4.400H-5.500z' };
const formats = new Map();

/** A number with so many digits after the point, and a true minus sign. */
export function format(value, digits = 0) {
  if (!formats.has(digits)) formats.set(digits, new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  const rounded = Math.round(value * 10 ** digits) / 10 ** digits;
  return formats.get(digits).format(rounded === 0 ? 0 : rounded).replace('-', '−');
}

/** A number as a part of a sum: with its sign and a space between them, unless it is the first one. */
export function term(value, digits, isFirst) {
  const size = format(Math.abs(value), digits);
  if (isFirst) return format(value, digits);
  return value < 0 ? `− ${size}` : `+ ${size}`;
}

/** A share from 0 to 1 in percent: never 0 or 100 % unless it is exactly that to one digit more. */
export function percent(share) {
  const digits = share > 0.99 || share < 0.01 ? 1 : 0;
  return t('learn.neuron.percent', { n: format(share * 100, digits) });
}

export const kindName = (kind) => t(`learn.neuron.kinds.${kind}.name`);
export const aKind = (kind) => t(`learn.neuron.kinds.${kind}.a`);
export const kindNames = (kind) => t(`learn.neuron.kinds.${kind}.many`);
export const numberName = (name) => t(`learn.neuron.numbers.${name}`);

/** The mark of a kind, as plots show it. */
export const kindMark = (kind) => draw('svg', { viewBox: '-7 -7 14 14', class: `fruit-mark fruit-${kind}`, 'aria-hidden': 'true' }, draw('path', { d: MARKS[kind] }));

/** What the marks of a plot mean: those of the kinds, and those of `wrong` answers and `unseen` fruit. */
export const legend = (kinds, { wrong = true, unseen = false } = {}) => h('ul', { class: 'fruit-legend small' },
  kinds.map((kind) => h('li', null, kindMark(kind), kindNames(kind))),
  unseen && h('li', null, sign('fruit-unseen', 3.8), t('learn.neuron.lab.hollow')),
  wrong && h('li', null, sign('fruit-wrong', 5.4), t('learn.neuron.wrongRing')));

const sign = (name, r) => draw('svg', { viewBox: '-7 -7 14 14', class: `fruit-mark ${name}`, 'aria-hidden': 'true' }, draw('circle', { r }));

/** A field to choose from [value, text] pairs. */
export function chooser(label, pairs, value, onchange) {
  const select = h('select', { onchange: () => onchange(select.value) }, pairs.map(([one, text]) => h('option', { value: one }, text)));
  select.value = value;
  return { element: h('label', { class: 'field' }, h('span', { class: 'label' }, label), select), select };
}

/** Fields for the numbers across and up: { element, show(names) }; `onchange([across, up])`. Equal ones change places. */
export function axesChooser(names, onchange) {
  const pairs = NUMBERS.map(({ name }) => [name, numberName(name)]);
  let shown = names;
  const change = (at) => (value) => {
    const next = [...shown];
    if (next[1 - at] === value) next[1 - at] = next[at];
    next[at] = value;
    show(next);
    onchange(next);
  };
  const fields = ['across', 'up'].map((way, at) => chooser(t(`learn.neuron.${way}`), pairs, names[at], change(at)));

  function show(next) {
    shown = next;
    fields.forEach(({ select }, at) => { select.value = next[at]; });
  }
  return { element: h('div', { class: 'fruit-axes' }, fields.map((field) => field.element)), show };
}

/** A slider with its label and value: { element, set(value) }. Its accessible `name` may say more than the label. */
export function slider(label, { min, max, step }, words, oninput, name = label) {
  const value = h('output', { class: 'fruit-value' });
  const input = h('input', { type: 'range', class: 'slider', min, max, step, 'aria-label': name, oninput: () => {
    set(Number(input.value));
    oninput(Number(input.value));
  } });

  function set(number) {
    input.value = number;
    input.style.setProperty('--fill', `${((number - min) / (max - min)) * 100}%`);
    value.textContent = words(number);
    input.setAttribute('aria-valuetext', value.textContent);
  }
  return { element: h('div', { class: 'fruit-slider' }, h('span', { 'aria-hidden': 'true' }, label), value, input), set };
}

/** How many are right, large, with a bar: { element, show(right, all) }. */
export function score(label) {
  const number = h('strong');
  const bar = h('div', { class: 'bar', 'aria-hidden': 'true' });
  const element = h('div', { class: 'fruit-score' }, h('p', null, number, ' ', h('span', { class: 'dim' }, label)), bar);
  return {
    element,
    show(right, all) {
      number.textContent = t('learn.neuron.of', { n: right, all });
      bar.style.setProperty('--share', right / all);
      element.classList.toggle('full', right === all);
    },
  };
}
