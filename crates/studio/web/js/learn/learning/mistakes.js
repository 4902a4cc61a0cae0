// The held-out pictures by what they show and what the network said: a cell opens its pictures.

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { confusion } from './numbers.js';
import { className, pictureList } from './pictures.js';

/** Creates the table: { element, show(lesson, step) }. */
export function mistakeTable() {
  const table = h('table', { class: 'confusion' });
  const about = h('p', { class: 'dim small', role: 'status' });
  const pictures = pictureList(t('learn.learning.mistakes.pictures'));
  const element = h('div', { class: 'lesson-mistakes' }, table, about, pictures.element);
  let chosen = [0, 1];

  function show(lesson, { tested }) {
    const cells = confusion(lesson.held_out, tested);
    const names = [0, 1].map((at) => className(lesson, at));
    const cell = (row, column) => {
      const numbers = cells[row][column];
      const isChosen = chosen[0] === row && chosen[1] === column;
      const choose = () => {
        chosen = [row, column];
        show(lesson, { tested });
        table.querySelector('[aria-pressed="true"]')?.focus();
      };
      return h('td', { class: row === column ? 'is-right' : numbers.length ? 'is-wrong' : 'is-none', vars: { share: numbers.length / Math.max(1, cells[row][0].length + cells[row][1].length) } },
        h('button', { type: 'button', 'aria-pressed': String(isChosen), 'aria-label': t('learn.learning.mistakes.cell', { n: numbers.length, what: names[row], named: names[column] }), onclick: choose }, String(numbers.length)));
    };
    fill(table, h('caption', null, t('learn.learning.mistakes.caption')),
      h('thead', null, h('tr', null, h('td'), names.map((name) => h('th', { scope: 'col' }, t('learn.learning.mistakes.named', { name }))))),
      h('tbody', null, [0, 1].map((row) => h('tr', null, h('th', { scope: 'row' }, names[row]), [0, 1].map((column) => cell(row, column))))));
    const [row, column] = chosen;
    const numbers = cells[row][column];
    about.textContent = t('learn.learning.mistakes.shown', { n: numbers.length, what: names[row], named: names[column] });
    const from = lesson.training.length;
    pictures.show(lesson, numbers.map((at) => ({ number: from + at, picture: lesson.held_out[at], answer: tested[at] })));
  }
  return { element, show };
}
