// A name that can be changed in place.

import { h } from '../dom.js';

/** Creates the input. `save(name)` is called with another name and returns whether it was accepted; Escape restores the name. */
export function nameField({ label, className = 'name-field', save }) {
  let shown = '';
  const input = h('input', { type: 'text', class: className, 'aria-label': label, maxLength: 60, spellcheck: false, autocomplete: 'off' });
  input.addEventListener('change', async () => {
    const name = input.value.trim();
    if (!name || name === shown) input.value = shown;
    else if (!await save(name)) input.value = shown;
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') input.blur();
    if (event.key !== 'Escape') return;
    input.value = shown;
    input.blur();
    event.stopPropagation();
  });
  return {
    input,
    /** Shows a name, unless the user has typed another one. */
    show(name) {
      if (document.activeElement !== input || input.value === shown) input.value = name;
      shown = name;
    },
  };
}
