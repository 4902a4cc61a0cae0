// Chapter 3: how a layer cuts a photo into squares, how much a spot of it sees, and how lines become faces.

import { debounce, h } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { spotOf } from '../../explorer/address.js';
import { Visualizations } from '../../explorer/visualizations.js';
import { section } from '../chapter.js';
import { needPhoto } from '../photo.js';
import { predict } from '../questions.js';
import { guess } from './guess.js';
import { ladder } from './ladder.js';
import { GUESSES, MODEL, STEPS } from './picks.js';
import { progress } from './progress.js';
import { squares } from './squares.js';
import { tree } from './tree.js';

const PATH = '/learn/features';

/** Its address may name a photo, a layer with a spot, and a step: `?photo=…&layer=fire4&spot=0.5,0.4&step=eyes`. */
export function build(context) {
  const visualizations = new Visualizations(context.api, context.events);
  const chosen = {};
  const remember = debounce(300, () => {
    if (location.pathname !== PATH) return;
    const params = new URLSearchParams(location.search);
    if (chosen.layer) params.set('layer', chosen.layer);
    if (chosen.spot) params.set('spot', `${chosen.spot.x.toFixed(3)},${chosen.spot.y.toFixed(3)}`);
    if (chosen.step) params.set('step', chosen.step);
    context.open(`${PATH}?${params}`, { replace: true });
  });
  const change = (what) => {
    Object.assign(chosen, what);
    remember();
  };
  const cut = squares(context, change);
  const steps = ladder(context, visualizations, (step) => change({ step }));
  const walk = tree(context, visualizations);
  const made = progress(context, [...STEPS, ...GUESSES]);
  let shownPhoto = null;

  async function showPhoto({ layer, spot, step } = {}) {
    const { photo } = context.state;
    if (!photo) return;
    if (photo.id !== shownPhoto || (step && step !== chosen.step)) steps.show(photo, step);
    shownPhoto = photo.id;
    await cut.show({ photo, layer, spot });
  }

  context.state.on(({ photo }) => photo && location.pathname === PATH && showPhoto().catch(toastProblem));
  let begun = false;
  return {
    sections: [
      section('learn.features.squares', [predict('learn.features.squares.predict'), cut.element]),
      section('learn.features.guess', [made.element, GUESSES.map((one) => guess(context, visualizations, one))]),
      section('learn.features.ladder', steps.element),
      section('learn.features.tree', [walk.element, h('p', {}, t('learn.features.tree.honest'))]),
    ],
    async show(params) {
      await needPhoto(context, params.get('photo'));
      await showPhoto({ layer: params.get('layer'), spot: spotOf(params), step: params.get('step') });
      if (begun) return;
      begun = true;
      await Promise.all([walk.show(), made.begin()]);
    },
    hide: () => cut.stop(),
  };
}
