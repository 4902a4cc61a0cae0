// Guess what a channel looks for, from the parts of pictures that excite it most.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { patchGrid } from '../../explorer/patches.js';
import { predict } from '../questions.js';
import { visualization } from './channel.js';
import { MODEL } from './picks.js';

/** One guess: the patches, the question, and after the answer the picture made from nothing. */
export function guess(context, visualizations, { name, layer, channel }) {
  const shown = { model: MODEL, layer };
  const patches = patchGrid(context.api);
  const caption = h('figcaption', { class: 'dim small' });
  patches.load(shown, channel).then(({ pictures }) => { caption.textContent = t('learn.features.guess.patches', { n: pictures }); }).catch(toastProblem);
  return h('div', { class: 'feature-guess' },
    h('figure', {}, patches.element, caption),
    predict(`learn.features.guess.${name}`,
      h('figure', {}, visualization(visualizations, { layer, channel }, 'large'),
        h('figcaption', { class: 'dim small' }, t('learn.features.guess.made', { layer, channel })))));
}
