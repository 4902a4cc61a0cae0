// The table of classes and the names that their pictures get. A mistake can be clicked to see its pictures.

import { fill, h } from '../dom.js';
import { t } from '../messages.js';
import { mistakeList } from './mistakes.js';

/** Creates the table with the pictures below it. */
export function confusionTable() {
  const table = h('table', { class: 'confusion' });
  const about = h('p', { class: 'dim small', role: 'status' });
  const pictures = mistakeList(t('train.confusion.pictures'));
  const element = h('div', { class: 'confusion-part' },
    h('div', { class: 'confusion-scroll', tabIndex: 0, role: 'region', 'aria-label': t('train.confusion.table') }, table), about, pictures.element);
  let chosen = null;
  let shown = null;

  /** Shows the table of a result. */
  function show(result) {
    if (shown === result) return;
    shown = result;
    chosen = null;
    draw();
  }

  function draw() {
    const { classes, confusion, wrong } = shown;
    fill(table,
      h('caption', null, h('span', null, t('train.confusion.caption'))),
      h('thead', null, h('tr', null, h('td'), classes.map((name) => h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, t('train.confusion.named')), name)))),
      h('tbody', null, confusion.map((row, at) => h('tr', null, h('th', { scope: 'row' }, classes[at]), row.map((count, named) => cell(row, at, count, named))))));
    const isShown = (one) => !chosen || (one.class === chosen.from && one.named === chosen.named);
    const found = wrong.filter(isShown);
    pictures.show(found);
    about.textContent = aboutText(found.length);
  }

  function aboutText(found) {
    if (!shown.wrong.length) return '';
    if (!chosen) return t('train.confusion.worst');
    const { from, named, count } = chosen;
    return found ? t('train.confusion.chosen', { from, named }) : t('train.confusion.notKept', { n: count, from, named });
  }

  function cell(row, at, count, named) {
    const { classes } = shown;
    const share = count / Math.max(1, row.reduce((sum, one) => sum + one, 0));
    const kind = at === named ? 'is-right' : 'is-wrong';
    if (at === named || !count) return h('td', { class: count ? kind : 'is-none', vars: { share } }, String(count));
    const isChosen = chosen?.at === at && chosen.column === named;
    return h('td', { class: kind, vars: { share } }, h('button', {
      type: 'button', 'aria-pressed': String(isChosen), 'aria-label': t('train.confusion.cell', { n: count, from: classes[at], named: classes[named] }), dataset: { cell: `${at}-${named}` },
      onclick: () => choose(isChosen ? null : { at, column: named, from: classes[at], named: classes[named], count }, `${at}-${named}`),
    }, String(count)));
  }

  function choose(next, key) {
    chosen = next;
    draw();
    table.querySelector(`[data-cell="${key}"]`)?.focus();
  }

  return { element, show };
}
