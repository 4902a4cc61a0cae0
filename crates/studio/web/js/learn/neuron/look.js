// Fruit by two of their numbers, to look at: no neuron yet.

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { measure, portrait } from './fruit.js';
import { createPlot } from './plot.js';
import { kindName, legend } from './words.js';

/** Creates the figure. */
export function createLook(fruit, kinds, names) {
  const label = t('learn.neuron.network.plot');
  const plot = createPlot(label, { onselect: show });
  const card = h('p', { class: 'fruit-look', 'aria-live': 'polite' });

  function show(selected) {
    plot.show({ kinds, fruit, names, selected });
    fill(card, portrait(selected), h('span', null, h('strong', null, kindName(selected.kind)), ` ${names.map((name) => measure(name, selected[name])).join(', ')}`));
  }
  show(fruit[0]);
  return figure(label, null, h('div', { class: 'fruit-looked' }, plot.element), h('div', { class: 'fruit-under' }, legend(kinds, { wrong: false }), card));
}
