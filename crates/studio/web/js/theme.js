// The theme: dark, light, or that of the computer.

import { t } from './messages.js';

const KEY = 'oneiric.theme';
const NEXT = { auto: 'dark', dark: 'light', light: 'auto' };
const SYMBOLS = { auto: 'contrast', dark: 'moon', light: 'sun' };

/** Switches between automatic, dark and light with the button. */
export function mountTheme(button) {
  const use = button.querySelector('use');
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    use.setAttribute('href', `/assets/icons.svg#${SYMBOLS[theme]}`);
    button.title = t(`theme.${theme}`);
    button.setAttribute('aria-label', button.title);
  };
  apply(remembered());
  button.addEventListener('click', () => {
    const theme = NEXT[document.documentElement.dataset.theme];
    localStorage.setItem(KEY, theme);
    apply(theme);
  });
}

/** The theme chosen last. */
export function remembered() {
  const theme = localStorage.getItem(KEY);
  return theme in NEXT ? theme : 'auto';
}
