// One neuron on a plot, with its sum for the fruit that is pointed at, and how many it names right.

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { measure, portrait } from './fruit.js';
import { fires, sum } from './neuron.js';
import { createPlot, described } from './plot.js';
import { aKind, format, kindName, legend, numberName, score, term } from './words.js';

/**
 * A neuron on a plot: { plot, formula, result, legend, show(changes), look(fruit) }. What it shows: the `neuron` for numbers as they are
 * measured, `names` of the numbers, the `selected` fruit, the neuron `before` it learned. It says the first kind above zero and the second one otherwise.
 * Weights have so many `digits`; `online(neuron)` is called while a person drags the line.
 */
export function createOne(label, fruit, kinds, names, { digits = 2, online } = {}) {
  const shown = { neuron: null, names, selected: fruit[0] };
  const says = (one) => kinds[fires(shown.neuron, shown.names.map((name) => one[name])) ? 0 : 1];
  const isWrong = (one) => says(one) !== one.kind;
  const plot = createPlot(label, { onselect: (one, byKey) => look(one, byKey), online });
  const result = score(t('learn.neuron.right'));
  const face = h('div', { class: 'fruit-face' });
  const terms = h('p', { class: 'fruit-terms' });
  const verdict = h('p', { class: 'fruit-says' });
  const spoken = h('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  const formula = h('div', { class: 'fruit-formula', role: 'group', 'aria-label': t('learn.neuron.sum') }, face, h('div', null, terms, verdict), spoken);

  function show(changes) {
    Object.assign(shown, changes);
    plot.show({ fruit, kinds, isWrong, names: shown.names, neuron: shown.neuron, before: shown.before, selected: shown.selected });
    result.show(fruit.filter((one) => !isWrong(one)).length, fruit.length);
    explain();
  }

  /** Chooses a piece of fruit. */
  function look(one, byKey = false) {
    show({ selected: one });
    if (byKey) spoken.textContent = `${described(one)}: ${terms.textContent} ${verdict.textContent}`;
  }

  /** The sum with its numbers. */
  function explain() {
    const { neuron, selected } = shown;
    const total = sum(neuron, shown.names.map((name) => selected[name]));
    const product = (name, at) => h('span', { class: 'fruit-term' }, h('small', null, numberName(name)),
      `${term(neuron.weights[at], digits, !at)} × ${measure(name, selected[name])}`);
    fill(terms, shown.names.map(product),
      h('span', { class: 'fruit-term' }, h('small', null, t('learn.neuron.bias')), term(neuron.bias, 1)),
      h('span', { class: 'fruit-term fruit-total' }, h('small', null, t('learn.neuron.sum')), `= ${format(total, 1)}`));
    const kind = says(selected);
    const isRight = kind === selected.kind;
    fill(verdict, t(total > 0 ? 'learn.neuron.above' : 'learn.neuron.below'), h('strong', { class: `fruit-${kind}` }, kindName(kind)),
      h('span', { class: isRight ? 'fruit-ok' : 'fruit-bad' }, isRight ? t('learn.neuron.isRight') : t('learn.neuron.isWrong', { a: aKind(selected.kind) })));
    fill(face, portrait(selected));
  }

  return { plot: plot.element, formula, result: result.element, legend: legend(kinds), show, look };
}
