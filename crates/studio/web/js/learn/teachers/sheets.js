// The worksheets, one A4 page for each chapter, and their answers.

import { h, icon } from '../../dom.js';
import { rich, t, texts } from '../../messages.js';
import { section } from '../chapter.js';
import { CHAPTERS } from '../chapters.js';
import { values } from './numbers.js';
import { printButton } from './print.js';

const KEY = 'learn.teachers.sheets';

/** All sheets with their buttons: one is shown. */
export function sheets() {
  const all = texts(`${KEY}.list`).map((_, at) => sheet(at));
  const choose = (at) => all.forEach((one, number) => { one.hidden = number !== at; });
  const tabs = h('div', { class: 'tabs teachers-tabs', role: 'radiogroup', 'aria-label': t(`${KEY}.choose`) },
    all.map((_, at) => h('label', null,
      h('input', { type: 'radio', name: 'sheet', checked: at === 0, onchange: () => choose(at) }), h('span', null, t(`${KEY}.sheet`, { n: at + 1 })))));
  choose(0);
  const chosen = () => all.filter((one) => !one.hidden);
  const shown = (list) => list.map((one) => {
    const copy = one.cloneNode(true);
    copy.hidden = false;
    return copy;
  });
  return h('div', { class: 'card teachers-card' }, tabs,
    h('div', { class: 'teachers-buttons' },
      printButton(() => shown(chosen()), t(`${KEY}.print`), null, icon('print')),
      printButton(() => shown(all), t(`${KEY}.printAll`, { n: all.length }), null, icon('copy'))),
    all);
}

/** A sheet: a head with a place for the name, and tasks with places for the answers. */
function sheet(at) {
  const { name } = CHAPTERS[at];
  const address = `/learn/${name}`;
  const key = `${KEY}.list.${at}`;
  const blank = (word) => h('span', { class: 'sheet-blank' }, t(`${KEY}.${word}`));
  return h('section', { class: 'sheet', 'aria-label': t(`${KEY}.sheet`, { n: at + 1 }) },
    h('header', null,
      h('p', { class: 'sheet-line' }, blank('name'), blank('date')),
      h('h3', null, t(`learn.${name}.title`)),
      h('p', null, rich(`${KEY}.open`, { address: h('code', null, address) }))),
    h('ol', null, texts(`${key}.tasks`).map((task, number) => h('li', null,
      h('p', null, rich(`${key}.tasks.${number}.text`, values)), place(task, `${key}.tasks.${number}`)))));
}

/** Where the answer of a task goes: lines, a table, a grid of numbers, or boxes to draw in. */
function place({ lines = 0, table, grids, boxes }, key) {
  return [
    table && tableOf(table, `${key}.table`),
    grids && h('div', { class: 'sheet-grids' }, grids.map((grid, at) => gridOf(grid, `${key}.grids.${at}`))),
    boxes && h('div', { class: 'sheet-boxes' }, boxes.map((_, at) => h('div', { class: 'sheet-box' }, t(`${key}.boxes.${at}`)))),
    Array.from({ length: lines }, () => h('div', { class: 'sheet-rule', 'aria-hidden': 'true' })),
  ];
}

function tableOf({ head, rows }, key) {
  return h('table', null,
    h('thead', null, h('tr', null, head.map((_, at) => h('th', { scope: 'col' }, t(`${key}.head.${at}`, values))))),
    h('tbody', null, rows.map((row, line) => h('tr', null, row.map((_, at) => h('td', null, t(`${key}.rows.${line}.${at}`, values)))))));
}

/** Nine places in a square: the numbers of a name in numbers.js, or empty. */
function gridOf({ of }, key) {
  const cells = of ? values.squares[of] : Array(9).fill('');
  return h('figure', null, h('div', { class: 'sheet-grid' }, cells.map((cell) => h('span', null, String(cell).replace('-', '−')))),
    h('figcaption', null, rich(`${key}.about`)));
}

/** The answers, closed until someone opens them. */
export function answers() {
  const key = 'learn.teachers.answers';
  return section(key, texts(`${KEY}.list`).map(({ tasks }, at) => h('details', { class: 'card teachers-answers' },
    h('summary', null, t(`${key}.of`, { n: at + 1, title: t(`learn.${CHAPTERS[at].name}.title`) })),
    h('ol', null, tasks.map((_, number) => h('li', null, rich(`${KEY}.list.${at}.tasks.${number}.answer`, values)))))));
}
