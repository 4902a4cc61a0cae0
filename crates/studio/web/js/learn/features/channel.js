// A channel: the picture made from nothing beside the best real patches.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { patchGrid } from '../../explorer/patches.js';
import { MODEL } from './picks.js';

/** The visualization of a channel of this chapter's network, made for itself and not with the rest of its layer. */
export const visualization = (visualizations, { layer, channel }, className) => visualizations.place({ model: MODEL, layer }, channel, className, { only: true });

/** A figure of two pictures: the visualization of a channel of this chapter's network, and its patches. */
export function channelPictures(context, visualizations, { layer, channel }) {
  const shown = { model: MODEL, layer };
  const patches = patchGrid(context.api);
  patches.load(shown, channel).catch(toastProblem);
  return h('div', { class: 'feature-pictures' },
    h('figure', {}, visualization(visualizations, { layer, channel }, 'large'), h('figcaption', { class: 'dim small' }, t('learn.features.made'))),
    h('figure', {}, patches.element, h('figcaption', { class: 'dim small' }, t('learn.features.real'))));
}
