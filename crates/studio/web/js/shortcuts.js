// The list of keyboard shortcuts, opened from the menu or by `?`.

import { h, iconButton, isCovered, isTyping } from './dom.js';
import { t } from './messages.js';

const [CTRL, SHIFT, ENTER, SPACE, ESCAPE, DELETE] = ['ctrl', 'shift', 'enter', 'space', 'escape', 'delete'].map((key) => t(`shortcuts.keys.${key}`));

/** Groups of rows: what they do, and one or more combinations of keys. */
export const SHORTCUTS = [
  ['dream', [
    ['dream', [CTRL, ENTER]],
    ['paste', [CTRL, 'V']],
    ['filter', ['←', '→']],
    ['undo', [CTRL, 'Z'], [CTRL, SHIFT, 'Z']],
    ['peek', [SPACE]],
    ['divider', ['←', '→']],
    ['seed', ['R']],
    ['settings', ['S']],
    ['mask', ['M']],
    ['close', [ESCAPE]],
  ]],
  ['painting', [
    ['size', ['['], [']']],
    ['erase', ['E']],
    ['invert', ['I']],
    ['undo', [CTRL, 'Z']],
    ['done', [ENTER]],
  ]],
  ['train', [
    ['camera', [SPACE]],
    ['remove', [DELETE]],
  ]],
  ['everywhere', [
    ['search', [CTRL, 'K']],
    ['list', ['?']],
  ]],
];

/** Opens the list with the key `?`. Returns a function that opens it. */
export function mountShortcuts() {
  const dialog = h('dialog', { class: 'dialog shortcuts', 'aria-labelledby': 'shortcuts-title' },
    h('header', null,
      h('h2', { id: 'shortcuts-title' }, t('shortcuts.title')),
      iconButton('close', t('common.close'), () => dialog.close(), { class: 'button icon ghost' })),
    h('div', { class: 'columns' }, SHORTCUTS.map(([group, rows]) => h('section', null,
      h('h3', null, t(`shortcuts.${group}.title`)),
      h('dl', null, rows.map(([does, ...keys]) => h('div', null, h('dt', null, t(`shortcuts.${group}.${does}`)), keysOf(keys))))))));
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  addEventListener('keydown', (event) => {
    if (event.key === '?' && !isTyping(event) && !isCovered()) dialog.showModal();
  });
  return () => dialog.showModal();
}

function keysOf(combinations) {
  return h('dd', null, combinations.map((keys) => h('span', null, keys.map((key) => h('kbd', null, key)))));
}
