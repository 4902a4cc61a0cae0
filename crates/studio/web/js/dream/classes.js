// The classes that the networks see in the photo and the dream.

import { classBars, classBarsBeforeAfter } from '../bars.js';
import { networkTitle } from '../catalogue.js';
import { fill, h } from '../dom.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';

const SHOWN = 5;

/** Creates the section, folded at first. */
export function createClasses(session, { api, catalogue }) {
  const tables = h('div', { class: 'classes' });
  const element = h('details', { class: 'fold' }, h('summary', null, t('common.sees')), tables);

  async function draw() {
    const { photo, dream } = session;
    if (!element.open || !photo) return;
    if (dream) {
      fill(tables, classBarsBeforeAfter(dream.classes.before, dream.classes.after));
      return;
    }
    fill(tables, h('p', { class: 'dim small' }, t('common.classifying')));
    try {
      const { networks } = await api.get(`/api/pictures/${photo.id}/classes`);
      if (photo !== session.photo || session.dream) return;
      fill(tables, networks.map(({ model, classes }) => h('section', null,
        h('h3', { class: 'dim small' }, networkTitle(catalogue.models, model)), classBars(classes.slice(0, SHOWN)))));
    } catch (problem) {
      fill(tables);
      toastProblem(problem);
    }
  }

  element.addEventListener('toggle', draw);
  session.watch(['photo', 'dream'], (_, changed) => {
    if (changed.includes('dream') && session.dream) element.open = element.open || matchMedia('(min-width: 1100px)').matches;
    draw();
  });
  return element;
}
