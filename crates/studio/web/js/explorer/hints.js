/** Explanations that can be closed. Closed ones stay closed on later visits. */
import { h, icon, iconButton } from '../dom.js';
import { t } from '../messages.js';

const KEY = 'oneiric.hints-read';

const read = new Set(JSON.parse(localStorage.getItem(KEY) ?? '[]'));
const shown = new Map();

function apply() {
  localStorage.setItem(KEY, JSON.stringify([...read]));
  for (const [id, element] of shown) element.hidden = read.has(id);
}

/** Create an explanation, whose text is `explorer.hints.ID`. Each id is used once. */
export function hint(id) {
  const close = iconButton('close', t('explorer.closeHint'), () => { read.add(id); apply(); }, { class: 'button icon ghost small' });
  const element = h('p', { class: 'hint-line', hidden: read.has(id) }, h('span', {}, t(`explorer.hints.${id}`)), close);
  shown.set(id, element);
  return element;
}

/** Create a button that shows all explanations again, or closes them all. */
export function hintsButton() {
  return h('button', { class: 'button ghost small', type: 'button', onclick: () => {
    if (read.size) read.clear();
    else for (const id of shown.keys()) read.add(id);
    apply();
  } }, icon('help'), t('explorer.explain'));
}
