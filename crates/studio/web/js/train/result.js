// What a finished training has learned.

import { urls } from '../api.js';
import { lookOf } from '../catalogue.js';
import { fill, h, icon } from '../dom.js';
import { t } from '../messages.js';
import { confusionTable } from './confusion.js';
import { dreamWith } from '../dream-with.js';
import { accuracyText, isRunning, percent } from './words.js';

const SIDE = 960;

/** Creates the display of the result of a store. */
export function resultDisplay(context, store) {
  const accuracy = h('p', { class: 'result-accuracy' });
  const sureness = h('p', { class: 'dim small' });
  const image = h('img', { alt: '' });
  const dream = h('a', { class: 'result-dream' }, image, h('span', null, t('train.result.dream')));
  const actions = h('div', { class: 'result-actions' });
  const gone = h('p', { class: 'dim small' }, t('train.result.gone'));
  const table = confusionTable();
  const element = h('div', { class: 'training-result', hidden: true },
    h('h2', null, t('train.result.title')), accuracy, sureness, actions, gone, dream, h('h3', null, t('train.result.names')), table.element);

  /** Shows the result of a training, if there is one. */
  function show({ run, job }) {
    const result = run?.result;
    element.hidden = !result || Boolean(job) || isRunning(run);
    if (element.hidden) return;
    accuracy.textContent = accuracyText(result);
    sureness.textContent = surenessText(result);
    const isThere = context.catalogue.models.some(({ name }) => name === result.network);
    gone.hidden = isThere;
    actions.hidden = !isThere;
    if (actions.dataset.network !== result.network) {
      actions.dataset.network = result.network;
      fill(actions,
        h('a', { class: 'button primary', href: `/train?network=${encodeURIComponent(result.network)}` }, icon('eye'), t('train.tryIt')),
        h('button', { type: 'button', class: 'button', onclick: () => dreamWith(context, lookOf(result.network)) }, icon('spark'), t('train.dreamWithIt')));
    }
    dream.hidden = !result.dream;
    if (result.dream) {
      dream.setAttribute('href', `/gallery?dream=${result.dream}`);
      const source = urls.dream(result.dream, SIDE);
      if (image.getAttribute('src') !== source) image.src = source;
    }
    table.show(result);
  }
  context.state.on(({ models }) => { if (models && store.training) show(store.training); });
  return { element, show };
}

/** Whether the network's percentages can be trusted. */
function surenessText({ calibration }) {
  if (calibration <= 0.05) return t('train.result.sure');
  return t('train.result.unsure', { share: percent(calibration) });
}
