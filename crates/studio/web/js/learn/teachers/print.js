// Prints parts of the page alone, black on white.

import { h } from '../../dom.js';

/** Prints copies of these elements and nothing else. */
export function printAlone(elements) {
  clear();
  document.body.append(h('div', { class: 'print-alone' }, elements.map((element) => element.cloneNode(true))));
  document.documentElement.classList.add('printing');
  addEventListener('afterprint', clear, { once: true });
  print();
}

function clear() {
  document.documentElement.classList.remove('printing');
  document.querySelector('.print-alone')?.remove();
}

/** A button that prints what `elements()` returns. */
export function printButton(elements, text, label, image) {
  return h('button', { type: 'button', class: 'button', 'aria-label': label, onclick: () => printAlone(elements()) }, image, text);
}
