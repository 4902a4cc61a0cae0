// What the network is shown: lessons to choose from, and what came of each.

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { byGround, shareRight } from './numbers.js';

/** The chooser of a lesson, as radio buttons: { element, choose(name) }. `extra` are own trainings: [{ name, title }]. */
export function trialChooser(names, onchoose) {
  const inputs = new Map();
  const list = h('div', { class: 'lesson-trials' });
  const element = h('fieldset', { class: 'lesson-trials-field' }, h('legend', { class: 'label' }, t('learn.learning.trials.name')), list);
  const add = (name, title, about) => {
    const input = h('input', { type: 'radio', name: 'lesson-trial', value: name, onchange: () => onchoose(name) });
    inputs.set(name, input);
    list.append(h('label', { class: 'lesson-trial' }, input, h('span', null, h('strong', null, title), h('span', { class: 'dim small' }, about))));
  };
  for (const name of names) add(name, t(`learn.learning.trials.${name}.title`), t(`learn.learning.trials.${name}.about`));
  return {
    element,
    add,
    has: (name) => inputs.has(name),
    choose(name) { inputs.get(name).checked = true; },
  };
}

const share = (value) => (value === null ? '–' : t('learn.learning.percent', { n: Math.round(100 * value) }));

/** The table of what came of each trial: { element, add(name, lesson, step) }. */
export function resultTable() {
  const rows = new Map();
  const body = h('tbody');
  const columns = ['dogGrass', 'dogElsewhere', 'otherGrass', 'otherElsewhere'];
  const element = h('div', { class: 'lesson-results', hidden: true, tabIndex: 0, role: 'region', 'aria-label': t('learn.learning.results.name') }, h('table', null,
    h('caption', { class: 'small dim' }, t('learn.learning.results.caption')),
    h('thead', null, h('tr', null, h('td'), h('th', { scope: 'col' }, t('learn.learning.results.all')), columns.map((name) => h('th', { scope: 'col' }, t(`learn.learning.results.${name}`))))),
    body));
  return {
    element,
    add(name, title, lesson, { tested }) {
      const groups = byGround(lesson.held_out, tested);
      const cell = (value) => h('td', { class: value === null ? '' : value > 0.75 ? 'is-right' : value < 0.4 ? 'is-wrong' : '', vars: { share: value ?? 0 } }, share(value));
      rows.set(name, h('tr', null, h('th', { scope: 'row' }, title), cell(shareRight(lesson.held_out, tested)), columns.map((column) => cell(groups[column]))));
      fill(body, [...rows.values()]);
      element.hidden = false;
    },
  };
}
