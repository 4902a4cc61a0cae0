// The list of keyboard shortcuts, opened by its button or by `?`.

import { h, iconButton, isTyping } from './dom.js';

const GROUPS = [
  ['Dream', [
    ['Dream', ['Ctrl', 'Enter']],
    ['Paste a picture', ['Ctrl', 'V']],
    ['Next or previous filter in the strip', ['←', '→']],
    ['Undo, redo', ['Ctrl', 'Z'], ['Ctrl', 'Shift', 'Z']],
    ['Show the photo while held', ['Space']],
    ['Move the divider when it has the focus', ['←', '→']],
    ['New random seed', ['R']],
    ['Advanced settings', ['S']],
    ['Paint a mask', ['M']],
    ['Close', ['Esc']],
  ]],
  ['Painting', [
    ['Smaller, larger brush', ['['], [']']],
    ['Paint or erase', ['E']],
    ['Invert', ['I']],
    ['Undo a stroke', ['Ctrl', 'Z']],
    ['Done', ['Enter']],
  ]],
  ['Train', [
    ['Take pictures with the camera while held', ['Space']],
    ['Remove a picture', ['Del']],
  ]],
  ['Everywhere', [['Show this list', ['?']]]],
];

/** Opens the list with the button and with the key `?`. */
export function mountShortcuts(button) {
  const dialog = h('dialog', { class: 'dialog shortcuts', 'aria-labelledby': 'shortcuts-title' },
    h('header', null,
      h('h2', { id: 'shortcuts-title' }, 'Keyboard'),
      iconButton('close', 'Close', () => dialog.close(), { class: 'button icon ghost' })),
    h('div', { class: 'columns' }, GROUPS.map(([title, rows]) => h('section', null,
      h('h3', null, title),
      h('dl', null, rows.map(([does, ...keys]) => h('div', null, h('dt', null, does), keysOf(keys))))))));
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  button.addEventListener('click', () => dialog.showModal());
  addEventListener('keydown', (event) => {
    if (event.key === '?' && !isTyping(event) && !document.querySelector('dialog[open]')) dialog.showModal();
  });
}

function keysOf(combinations) {
  return h('dd', null, combinations.map((keys) => h('span', null, keys.map((key) => h('kbd', null, key)))));
}
