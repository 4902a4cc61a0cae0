// Words for what should grow more or less, with a search over the classes of the networks.

import { t } from '../messages.js';
import { markBlamed } from './blame.js';
import { debounce, fill, h, iconButton, uniqueId } from '../dom.js';
import { networkOf } from './session.js';

const SHOWN = 40;

/** Creates the field: chips of the chosen words, and a combobox to add words. */
export function createWords(session, api, { option, title, placeholder }) {
  const ids = { input: uniqueId(option), list: uniqueId('list') };
  const chips = h('ul', { class: 'chips', 'aria-label': t('dream.words.chosen') });
  const list = h('ul', { class: 'options', role: 'listbox', id: ids.list, hidden: true, 'aria-label': t('dream.words.matching') });
  const hint = h('p', { class: 'hint', role: 'status' });
  const input = h('input', {
    type: 'text', id: ids.input, placeholder, role: 'combobox', autocomplete: 'off', spellcheck: false, 'aria-expanded': 'false',
    'aria-autocomplete': 'list', 'aria-controls': ids.list, oninput: () => search(), onkeydown: press, onblur: () => addTyped(),
  });
  let active = -1;

  const words = () => [session.look.options[option] ?? []].flat();
  /** The typed words, separated by commas; the last one is searched for. */
  const typed = () => input.value.split(',').map((word) => word.trim()).filter(Boolean);
  const wanted = () => typed().at(-1);

  const find = debounce(200, async (text) => {
    if (text !== wanted()) return;
    try {
      const found = await api.get(`/api/search?q=${encodeURIComponent(text)}`);
      if (text === wanted()) offer(text, found);
    } catch (problem) {
      if (text !== wanted()) return;
      close();
      hint.textContent = problem.detail;
    }
  });

  function search() {
    hint.textContent = '';
    if (wanted()) find(wanted());
    else close();
  }

  function offer(text, { classes, instead }) {
    const exact = classes.length === 1 && classes[0].name.toLowerCase() === text.toLowerCase();
    const note = instead.length ? t('dream.words.nearest', { names: instead.join(', ') }) : t('dream.words.classes', { n: classes.length });
    const rows = [exact ? null : [text, note], ...classes.slice(0, SHOWN).map(({ name }) => [name, ''])].filter(Boolean);
    fill(list, rows.map(([word, remark], at) => h('li', {
      role: 'option', id: `${ids.list}-${at}`, 'aria-selected': 'false', dataset: { word },
      onpointerdown: (event) => { event.preventDefault(); choose(word); },
    }, word, remark && h('span', { class: 'dim small' }, remark))));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    activate(0);
  }

  const choose = (word) => add(...typed().slice(0, -1), word);

  function activate(at) {
    active = at;
    [...list.children].forEach((row, index) => row.setAttribute('aria-selected', String(index === at)));
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    if (at >= 0) input.setAttribute('aria-activedescendant', `${ids.list}-${at}`);
    else input.removeAttribute('aria-activedescendant');
  }

  function close() {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    activate(-1);
  }

  /** Adds words and clears the input. */
  function add(...chosen) {
    const all = [...new Set([...words(), ...chosen])];
    input.value = '';
    hint.textContent = '';
    close();
    if (all.length > words().length) session.setOption(option, all);
  }

  const addTyped = () => add(...typed());

  function press(event) {
    const count = list.children.length;
    if (event.key === 'ArrowDown' && !list.hidden) activate((active + 1) % count);
    else if (event.key === 'ArrowUp' && !list.hidden) activate((active - 1 + count) % count);
    else if (event.key === 'Enter' && !event.ctrlKey && active >= 0) choose(list.children[active].dataset.word);
    else if (event.key === 'Enter' && typed().length) addTyped();
    else if (event.key === 'Escape' && !list.hidden) close();
    else if (event.key === 'Backspace' && !input.value) session.setOption(option, words().slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  session.watch(['look'], () => {
    chips.hidden = !words().length;
    fill(chips, words().map((word) => h('li', { class: 'chip' }, word,
      iconButton('close', t('common.remove', { name: word }), () => {
        session.setOption(option, words().filter((other) => other !== word));
        input.focus();
      }))));
  });

  const element = h('div', { class: 'field words' },
    h('label', { htmlFor: ids.input }, title), chips,
    h('div', { class: 'combobox' }, input, list), hint,
    option === 'more' && createAlone(session));
  markBlamed(session, option, element);
  return element;
}

/** The checkbox that uses only the words, without the filter. */
function createAlone(session) {
  let filter = session.look.preset;
  const input = h('input', { type: 'checkbox', onchange: () => session.update({ look: { ...session.look, preset: input.checked ? null : filter } }) });
  const element = h('label', { class: 'check', hidden: true }, input, t('dream.words.alone'));
  session.watch(['look'], ({ look }) => {
    if (look.preset) filter = look.preset;
    const possible = Boolean(look.options.more?.length) && !networkOf(look);
    element.hidden = !possible;
    input.checked = !look.preset;
    if (!possible && !look.preset && !Object.keys(look.options).some((name) => ['layer', 'objective', 'model'].includes(name))) {
      session.update({ look: { ...look, preset: filter } });
    }
  });
  return element;
}
