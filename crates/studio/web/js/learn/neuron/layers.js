// Buttons for more and fewer layers and neurons.

import { fill, h, icon, iconButton } from '../../dom.js';
import { t } from '../../messages.js';

const MOST_LAYERS = 3;
const MOST_NEURONS = 6;
/** Neurons of a new layer. */
const NEW = 4;

/** Creates the buttons: { element, show(hidden) }. `onchange(hidden)` gets the numbers of neurons of the hidden layers. */
export function createLayers(onchange) {
  const element = h('div', { class: 'net-layers', role: 'group', 'aria-label': t('learn.neuron.lab.layers') });

  function show(hidden) {
    const button = (name, n, next, isPossible) => iconButton(name === 'more' ? 'plus' : 'minus', t(`learn.neuron.lab.${name}`, { n }), () => onchange(next),
      { class: 'button icon small', disabled: !isPossible });
    const focused = element.contains(document.activeElement) ? document.activeElement.textContent + document.activeElement.title : null;
    fill(element,
      hidden.map((size, at) => h('div', { class: 'net-layer' }, h('span', null, t('learn.neuron.lab.neurons', { n: at + 1 })),
        button('fewer', at + 1, size > 1 ? hidden.with(at, size - 1) : hidden.toSpliced(at, 1), true), h('strong', null, String(size)),
        button('more', at + 1, hidden.with(at, size + 1), size < MOST_NEURONS))),
      h('button', { type: 'button', class: 'button small', disabled: hidden.length >= MOST_LAYERS, onclick: () => onchange([...hidden, NEW]) }, icon('plus'), t('learn.neuron.lab.addLayer')),
      !hidden.length && h('span', { class: 'dim small' }, t('learn.neuron.lab.noLayer')));
    if (focused === null) return;
    // The button that was pressed has been replaced.
    const buttons = [...element.querySelectorAll('button:not(:disabled)')];
    (buttons.find((one) => one.textContent + one.title === focused) ?? buttons[0]).focus();
  }
  return { element, show };
}
