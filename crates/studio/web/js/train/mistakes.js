// Pictures that the network gets wrong, with the names that it gives them.

import { fill, h } from '../dom.js';
import { rich } from '../messages.js';
import { percent } from './words.js';

/** Creates the list; it is empty without pictures. */
export function mistakeList(label) {
  const element = h('ul', { class: 'mistakes', 'aria-label': label });
  let shown = '';

  /** Shows pictures: [{ thumb, class, named, probability }]. */
  function show(wrong) {
    element.hidden = !wrong.length;
    const key = wrong.map((one) => `${one.thumb.length} ${one.thumb.slice(-40)} ${one.named} ${one.probability}`).join();
    if (key === shown) return;
    shown = key;
    fill(element, wrong.map((one) => h('li', null,
      h('img', { src: one.thumb, alt: '' }),
      h('span', null, rich('train.confusion.mistake', {
        class: h('strong', null, one.class), named: document.createTextNode(one.named), share: h('span', { class: 'dim' }, percent(one.probability)),
      })))));
  }
  return { element, show };
}
