// From lines to faces: a row of channels, each of a later layer than the one before.

import { fill, h } from '../../dom.js';
import { rich, t } from '../../messages.js';
import { explorerPath } from '../../explorer/address.js';
import { figure } from '../chapter.js';
import { channelPictures, visualization } from './channel.js';
import { MODEL, STEPS } from './picks.js';

/** Creates the figure. `onchange(name)` is called for a chosen step; `show(photo, name)` shows one. */
export function ladder(context, visualizations, onchange) {
  const tiles = STEPS.map((step) => h('label', { class: 'ladder-step' },
    h('input', { type: 'radio', name: 'ladder', value: step.name, class: 'visually-hidden', onchange: () => { choose(step); onchange(step.name); } }),
    visualization(visualizations, step),
    h('strong', {}, t(`learn.features.ladder.${step.name}.name`)),
    h('span', { class: 'dim small' }, t('learn.features.at', step))));
  const row = h('div', { class: 'ladder', role: 'radiogroup', 'aria-label': t('learn.features.ladder.steps') }, tiles);
  const detail = h('div', { class: 'ladder-detail' });
  const element = figure(t('learn.features.ladder.label'), t('learn.features.ladder.caption'),
    row, detail);
  let current = STEPS[0];
  let photo = null;

  function choose(step) {
    current = step;
    const tile = tiles[STEPS.indexOf(step)];
    tile.querySelector('input').checked = true;
    row.scrollLeft = tile.offsetLeft - row.offsetLeft - (row.clientWidth - tile.clientWidth) / 2;
    visualizations.forget(detail);
    const { layer, channel, name } = step;
    fill(detail,
      h('p', {}, rich(`learn.features.ladder.${name}.text`)),
      channelPictures(context, visualizations, step),
      photo && h('figure', { class: 'ladder-heat' },
        h('img', { src: `/api/explore/${photo.id}/${MODEL}/${layer}/map?channel=${channel}&side=640`, alt: t('learn.features.ladder.heat', { name: t(`learn.features.ladder.${name}.name`) }), vars: { ratio: photo.width / photo.height } }),
        h('figcaption', { class: 'dim small' }, t('learn.features.ladder.where'), ' ',
          h('a', { href: explorerPath({ photo: photo.id, model: MODEL, layer, channel }) }, t('learn.features.ladder.explore')))));
  }

  return {
    element,
    show(next, name) {
      photo = next;
      choose(STEPS.find((step) => step.name === name) ?? current);
    },
  };
}
