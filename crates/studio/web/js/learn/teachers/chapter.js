// Chapter 6, for teachers: lessons, worksheets, answers, addresses, and the class on one computer.

import { h, icon } from '../../dom.js';
import { t, rich, texts } from '../../messages.js';
import { toast } from '../../toast.js';
import { section } from '../chapter.js';
import { classSection } from './class.js';
import { plans } from './plans.js';
import { answers, sheets } from './sheets.js';

const KEY = 'learn.teachers';

/** Creates the chapter. */
export function build(context) {
  const { catalogue } = context;
  const answered = answers();
  // A pupil who comes here finds no answers.
  const hide = () => { answered.hidden = context.state.classroom?.role === 'visitor'; };
  context.state.on(hide);
  hide();
  return {
    sections: [
      catalogue.classroom ? classSection(context) : section(`${KEY}.start`, command('oneiric studio --classroom')),
      section(`${KEY}.plans`, plans()),
      section(`${KEY}.sheets`, sheets()),
      answered,
      section(`${KEY}.addresses`, addresses()),
      section(`${KEY}.network`, points('network')),
      section(`${KEY}.machine`, points('machine')),
      section(`${KEY}.privacy`, points('privacy')),
    ],
  };
}

/** A command to copy. */
function command(text) {
  const copy = () => navigator.clipboard.writeText(text).then(() => toast(t(`${KEY}.copied`)), () => {});
  return h('div', { class: 'teachers-command' }, h('code', null, text),
    h('button', { type: 'button', class: 'button small', onclick: copy }, icon('copy'), t(`${KEY}.copy`)));
}

const points = (name) => h('ul', { class: 'teachers-points' },
  texts(`${KEY}.${name}.points`).map((_, at) => h('li', null, rich(`${KEY}.${name}.points.${at}`))));

/** All addresses to hand out. */
function addresses() {
  return h('table', { class: 'teachers-table' },
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, t(`${KEY}.addresses.address`)), h('th', { scope: 'col' }, t(`${KEY}.addresses.about`)))),
    h('tbody', null, texts(`${KEY}.addresses.list`).map(({ address }, at) => h('tr', null,
      h('td', null, h('a', { href: address }, address)), h('td', null, rich(`${KEY}.addresses.list.${at}.about`))))));
}
