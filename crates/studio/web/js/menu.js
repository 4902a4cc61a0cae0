// The menu of the header: size of the text, colours, language, keyboard shortcuts, and the API page.

import { choose, chosen } from './appearance.js';
import { h, icon } from './dom.js';
import { LANGUAGES, chooseLanguage, language, t } from './messages.js';

const SYMBOLS = { auto: 'contrast', dark: 'moon', light: 'sun' };

/** Opens the menu with its button. `openShortcuts` shows the list of keyboard shortcuts. */
export function mountMenu(button, openShortcuts) {
  const menu = h('div', { class: 'shell-menu card', id: 'menu', popover: 'auto', role: 'dialog', 'aria-label': t('menu.title') },
    choices('text', ['smaller', 'normal', 'larger', 'largest'], () => t('menu.letter')),
    choices('theme', ['auto', 'dark', 'light'], (theme) => icon(SYMBOLS[theme])),
    languages(),
    h('button', { type: 'button', class: 'button ghost', onclick: () => { menu.hidePopover(); openShortcuts(); } }, icon('keyboard'), t('menu.shortcuts')),
    h('a', { class: 'button ghost', href: '/api/docs' }, icon('external'), t('menu.api')));
  menu.addEventListener('toggle', ({ newState }) => button.setAttribute('aria-expanded', String(newState === 'open')));
  button.after(menu);
  button.popoverTargetElement = menu;
}

/** Radio buttons of an appearance; what they show has its name as a tooltip. */
function choices(name, values, show) {
  return h('fieldset', { class: `menu-${name}` }, h('legend', null, t(`menu.${name}.title`)),
    h('div', { class: 'tabs' }, values.map((value) => h('label', { title: t(`menu.${name}.${value}`) },
      h('input', { type: 'radio', name: `menu-${name}`, value, checked: chosen(name) === value, 'aria-label': t(`menu.${name}.${value}`), onchange: () => choose(name, value) }),
      h('span', { 'aria-hidden': 'true' }, show(value))))));
}

function languages() {
  return h('div', { class: 'menu-languages', role: 'group', 'aria-labelledby': 'menu-language' },
    h('p', { id: 'menu-language' }, t('menu.language')),
    Object.entries(LANGUAGES).map(([code, name]) => h('button', {
      type: 'button', class: 'chip', lang: code, 'aria-pressed': String(code === language), onclick: () => chooseLanguage(code),
    }, name)));
}
