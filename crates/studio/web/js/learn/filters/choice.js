// A choice of a few values, as radio buttons in a row.

import { h, uniqueId } from '../../dom.js';

/** { element, set(value) }. `options` is a list of [value, text]; `onchoose(value)` gets the value as a text. */
export function choice(label, options, onchoose) {
  const name = uniqueId('choice');
  const inputs = options.map(([value, text]) => [h('input', { type: 'radio', name, value, onchange: () => onchoose(String(value)) }), text]);
  const element = h('div', { class: 'filters-choice' },
    h('span', { class: 'label', 'aria-hidden': 'true' }, label),
    h('div', { class: 'tabs', role: 'radiogroup', 'aria-label': label }, inputs.map(([input, text]) => h('label', null, input, h('span', null, text)))));
  return { element, set: (value) => inputs.forEach(([input]) => { input.checked = input.value === String(value); }) };
}
