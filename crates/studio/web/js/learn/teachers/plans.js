// The lesson plans: minute by minute, with what to open.

import { h, icon } from '../../dom.js';
import { rich, t, texts } from '../../messages.js';
import { printButton } from './print.js';

const KEY = 'learn.teachers.plans';

/** The plans, each a table that can be printed. */
export const plans = () => texts(`${KEY}.list`).map((_, at) => plan(`${KEY}.list.${at}`));

function plan(key) {
  const head = (name) => h('th', { scope: 'col' }, t(`${KEY}.${name}`));
  const row = (_, at) => {
    const part = `${key}.parts.${at}`;
    return h('tr', null, h('th', { scope: 'row' }, t(`${part}.minutes`)), h('td', null, rich(`${part}.do`)), h('td', null, rich(`${part}.open`)));
  };
  const element = h('div', { class: 'teachers-plan' },
    h('h3', null, t(`${key}.title`)), h('p', { class: 'dim' }, t(`${key}.goal`)),
    h('table', { class: 'teachers-table' },
      h('thead', null, h('tr', null, head('minutes'), head('do'), head('open'))),
      h('tbody', null, texts(`${key}.parts`).map(row))));
  return h('div', { class: 'card teachers-card' }, element,
    printButton(() => [element], t('learn.teachers.print'), t('learn.teachers.printOf', { what: t(`${key}.title`) }), icon('print')));
}
