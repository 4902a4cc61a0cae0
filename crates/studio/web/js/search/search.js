// The search over everything: a dialog with a field, and results in groups.

import { debounce, fill, h, icon, iconButton } from '../dom.js';
import { t } from '../messages.js';
import { GROUPS, ask, buildIndex, find } from './index.js';

/** How long the user may go on typing before the studio is asked, in milliseconds. */
const PAUSE = 150;
const LIST = 'search-results';

/** Opens the search over a page. `places` open what has no address: { openQueue, openShortcuts }. */
export function openSearch(context, places) {
  const index = buildIndex(context, places);
  let shown = [];
  let active = 0;
  const input = h('input', {
    type: 'text', role: 'combobox', enterKeyHint: 'search', placeholder: t('search.placeholder'), 'aria-label': t('search.label'), 'aria-expanded': 'true', 'aria-controls': LIST,
    'aria-autocomplete': 'list', autocomplete: 'off', spellcheck: false, oninput: search, onkeydown: press,
  });
  const list = h('div', { class: 'search-results', role: 'listbox', id: LIST, 'aria-label': t('search.results') });
  const status = h('p', { class: 'search-status dim small', role: 'status' });
  const dialog = h('dialog', { class: 'dialog search', 'aria-label': t('search.label') },
    h('div', { class: 'search-field' }, icon('search'), input, iconButton('close', t('common.close'), () => dialog.close(), { class: 'button icon ghost' })), list, status);

  const query = () => input.value.trim();

  const askSoon = debounce(PAUSE, async (asked, known) => {
    if (asked !== query()) return;
    const more = await ask(context, asked);
    if (asked === query()) show([...known, ...more], active && shown[active]);
  });

  function search() {
    if (!query()) {
      show(index.filter(({ group }) => group === 'views').map((entry) => ({ ...entry, score: 0 })));
      return;
    }
    const known = find(index, query());
    show(known);
    askSoon(query(), known);
  }

  /** Shows results in groups, the group with the nearest result first. An entry may stay the chosen one. */
  function show(found, kept) {
    const groups = Object.entries(GROUPS).map(([name, most]) => ({ name, entries: found.filter(({ group }) => group === name).slice(0, most) }))
      .filter(({ entries }) => entries.length)
      .sort((one, other) => other.entries[0].score - one.entries[0].score);
    shown = groups.flatMap(({ entries }) => entries);
    fill(list, groups.map(({ name, entries }) => h('div', { role: 'group', 'aria-labelledby': `search-${name}` },
      h('h3', { id: `search-${name}`, role: 'presentation' }, t(`search.groups.${name}`)), entries.map(row))));
    status.textContent = shown.length ? '' : t('search.none');
    activate(kept ? Math.max(0, shown.indexOf(kept)) : 0);
  }

  function row(entry) {
    const at = shown.indexOf(entry);
    return h('div', { class: 'search-result', role: 'option', id: `${LIST}-${at}`, onclick: () => choose(entry), onpointermove: () => { if (at !== active) activate(at); } },
      entry.image ? h('img', { src: entry.image, alt: '' }) : icon(entry.symbol),
      h('span', { class: 'search-title' }, entry.title), entry.detail && h('span', { class: 'dim small' }, entry.detail));
  }

  function activate(at) {
    active = at;
    list.querySelectorAll('[role=option]').forEach((one, number) => one.setAttribute('aria-selected', String(number === at)));
    if (!shown.length) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    input.setAttribute('aria-activedescendant', `${LIST}-${at}`);
    document.getElementById(`${LIST}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }

  function choose(entry) {
    dialog.close();
    entry.open();
  }

  function press(event) {
    const count = shown.length;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: Math.min(active + 8, count - 1), PageUp: Math.max(active - 8, 0) }[event.key];
    if (to !== undefined && count) activate((to + count) % count);
    else if (event.key === 'Enter' && count) choose(shown[active]);
    else return;
    event.preventDefault();
  }

  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  search();
  return dialog;
}
