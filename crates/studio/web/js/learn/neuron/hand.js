// One neuron that a person sets: sliders for its weights and its bias, or the line itself.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { createOne } from './one.js';
import { axesChooser, format, numberName, slider } from './words.js';

const WEIGHT = { min: -2, max: 2, step: 0.01 };
const BIAS = { min: -400, max: 400, step: 0.5 };

/** A neuron like `neuron` as the sliders can set it. */
const settable = ({ weights, bias }) => ({
  weights: weights.map((weight) => Math.round(weight * 100) / 100),
  bias: Math.min(Math.max(Math.round(bias * 2) / 2, BIAS.min), BIAS.max),
});

/**
 * Creates the figure: { element, show(names) }. `start(names)` is the neuron to begin with; `onnames(names)` is called when other
 * numbers are chosen, which only some figures allow. `caption` is a text below.
 */
export function createHand(key, fruit, kinds, names, start, { onnames, caption }) {
  const one = createOne(t(`${key}.plot`), fruit, kinds, names, { online: (neuron) => set(settable(neuron)) });
  const sliders = h('div', { class: 'fruit-sliders' });
  const axes = onnames && axesChooser(names, onnames);
  one.result.setAttribute('aria-live', 'polite');
  let [current, neuron, fields] = [names, null, []];

  function set(next) {
    neuron = next;
    [...neuron.weights, neuron.bias].forEach((value, at) => fields[at].set(value));
    one.show({ neuron });
  }

  /** Begins with other numbers. */
  function show(next) {
    current = next;
    axes?.show(next);
    const weight = (name, at) => slider(`× ${numberName(name)}`, WEIGHT, (value) => format(value, 2),
      (value) => set({ ...neuron, weights: neuron.weights.with(at, value) }), t('learn.neuron.weightOf', { number: numberName(name) }));
    fields = [...next.map(weight), slider(`+ ${t('learn.neuron.bias')}`, BIAS, (value) => format(value, 1), (bias) => set({ ...neuron, bias }), t('learn.neuron.bias'))];
    sliders.replaceChildren(...fields.map((field) => field.element));
    neuron = start(next);
    one.show({ names: next, neuron });
    set(neuron);
  }
  show(names);

  const element = figure(t(`${key}.figure`), caption,
    h('div', { class: 'fruit-columns' },
      h('div', { class: 'fruit-main' }, one.plot, one.legend),
      h('div', { class: 'fruit-side' }, one.result, axes?.element, sliders,
        h('button', { type: 'button', class: 'button small fruit-again', onclick: () => set(start(current)) }, t('learn.neuron.again')))),
    one.formula);
  return { element, show };
}
