/** Bars of the classes that a network sees in a picture, or in a photo and its dream. */
import { h } from './dom.js';
import { decimal, t } from './messages.js';

/** "12 %", "0.4 %". */
export function percent(share) {
  const value = share * 100;
  const n = value >= 10 || value === 0 ? Math.round(value) : value < 0.1 ? `<${decimal(0.1, 1)}` : decimal(value, 1);
  return t('common.percent', { n });
}

/** One bar with its number; `share` is null if the network's list does not include this name. */
function value(kind, share, label) {
  return h('span', { class: 'bars-value' },
    h('span', { class: `bar ${kind}`, 'aria-hidden': 'true', vars: { share: share ?? 0 } }),
    label && h('span', { class: 'visually-hidden' }, `${label}: `),
    h('span', { class: 'bars-number' }, share === null ? '–' : percent(share)));
}

const line = (name, ...values) => h('li', { class: 'bars-line' }, h('span', { class: 'bars-name' }, name), ...values);

/** Classes of one picture: [{ name, probability }] as a list of bars. */
export function classBars(classes) {
  return h('ul', { class: 'bars' }, ...classes.map(({ name, probability }) => line(name, value('after', probability))));
}

/** Classes of a photo and of its dream: the names of both lists, most likely first. */
export function classBarsBeforeAfter(before, after, count = 8) {
  const share = (classes, name) => classes.find((one) => one.name === name)?.probability ?? null;
  const rows = [...new Set([...after, ...before].map((one) => one.name))]
    .map((name) => ({ name, was: share(before, name), is: share(after, name) }))
    .sort((one, other) => Math.max(other.was, other.is) - Math.max(one.was, one.is))
    .slice(0, count);
  return h('div', {},
    h('p', { class: 'bars-legend', 'aria-hidden': 'true' },
      h('span', { class: 'bars-key before' }), t('common.before'), h('span', { class: 'bars-key after' }), t('common.after')),
    h('ul', { class: 'bars paired' }, ...rows.map(({ name, was, is }) => line(name, value('before', was, t('common.before')), value('after', is, t('common.after'))))));
}
