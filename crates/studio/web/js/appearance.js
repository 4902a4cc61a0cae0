// How the page looks: its colours and the size of its text, kept in the browser.

/** The choices; the first is the usual one. In the page they are `data-theme` and `data-text` of the root element. */
export const APPEARANCE = {
  theme: ['auto', 'dark', 'light'],
  text: ['normal', 'smaller', 'larger', 'largest'],
};

const keyOf = (name) => `oneiric.${name}`;

/** What was chosen last. */
export function chosen(name) {
  const value = localStorage.getItem(keyOf(name));
  return APPEARANCE[name].includes(value) ? value : APPEARANCE[name][0];
}

/** Chooses, and remembers it. */
export function choose(name, value) {
  localStorage.setItem(keyOf(name), value);
  document.documentElement.dataset[name] = value;
}

/** Shows the page as it was chosen last. */
export function applyAppearance() {
  for (const name of Object.keys(APPEARANCE)) document.documentElement.dataset[name] = chosen(name);
}
