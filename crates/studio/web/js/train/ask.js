// Asks before something is lost.

import { h, iconButton, uniqueId } from '../dom.js';
import { t } from '../messages.js';

/** Opens a dialog; resolves to whether the user agrees. */
export function ask(title, text, action) {
  return new Promise((done) => {
    const id = uniqueId('ask');
    let agreed = false;
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': id },
      h('header', null, h('h2', { id }, title), iconButton('close', t('common.close'), () => dialog.close(), { class: 'button icon ghost' })),
      h('p', null, text),
      h('footer', null,
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('common.cancel')),
        h('button', { type: 'button', class: 'button danger', onclick: () => { agreed = true; dialog.close(); } }, action)));
    dialog.addEventListener('close', () => {
      dialog.remove();
      done(agreed);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
