// The pictures of a class: the newest, each with a button that removes it.

import { urls } from '../api.js';
import { h, icon } from '../dom.js';
import { t } from '../messages.js';
import { roving } from '../roving.js';

const SHOWN = 60;
const SIDE = 160;

/** Creates the list. `remove(picture)` is called for a picture. */
export function pictureList(remove) {
  const list = h('ul', { class: 'class-pictures', hidden: true });
  const more = h('p', { class: 'dim small', hidden: true });
  const walk = roving(list);
  const items = new Map();

  function item(id) {
    return h('li', null,
      h('img', { src: urls.view(id, SIDE), loading: 'lazy', decoding: 'async', alt: '' }),
      h('button', { type: 'button', onclick: () => take(id), onkeydown: (event) => { if (event.key === 'Delete') take(id); } }, icon('close')));
  }

  /** Removes a picture; the focus goes to its neighbour. */
  function take(id) {
    const element = items.get(id);
    const next = element.nextElementSibling ?? element.previousElementSibling;
    if (next && element.contains(document.activeElement)) {
      walk.update(next);
      next.querySelector('button').focus();
    }
    remove(id);
  }

  /** Shows pictures, the oldest first; those that are shown already keep their element. */
  function show(name, pictures) {
    const newest = pictures.slice(-SHOWN).reverse();
    const wanted = new Set(newest);
    for (const [id, element] of items) {
      if (wanted.has(id)) continue;
      element.remove();
      items.delete(id);
    }
    newest.forEach((id, at) => {
      if (!items.has(id)) items.set(id, item(id));
      const element = items.get(id);
      if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null);
      element.lastChild.setAttribute('aria-label', t('train.classes.removePicture', { n: pictures.length - at }));
    });
    list.hidden = !newest.length;
    list.setAttribute('aria-label', t('train.classes.pictures', { name }));
    more.hidden = pictures.length <= SHOWN;
    more.textContent = t('train.classes.older', { n: pictures.length - SHOWN });
    walk.update();
  }

  return { element: h('div', { class: 'class-wall' }, list, more), show };
}
