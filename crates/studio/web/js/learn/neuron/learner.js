// One neuron that learns: one piece of fruit after the other moves its line.

import { fill, h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { createRun } from './run.js';
import { random, shuffled } from './network.js';
import { chance, learn, measured } from './neuron.js';
import { createOne } from './one.js';
import { inputsOf, scalesOf } from './table.js';
import { aKind, axesChooser, kindName, percent } from './words.js';

const RATE = 0.1;
/** Steps a second. */
const SPEED = 12;
/** How far an answer may be off for a small and a middle step. */
const [SMALL, MIDDLE] = [0.1, 0.5];

/** Creates the figure: { element, show(names), hide() }. */
export function createLearner(fruit, kinds, names, onnames) {
  const one = createOne(t('learn.neuron.learner.plot'), fruit, kinds, names, { digits: 3 });
  const axes = axesChooser(names, onnames);
  const count = h('p', { class: 'fruit-count' });
  const story = h('p', { class: 'fruit-story', role: 'status' });
  let [current, scales, neuron, order, steps, seed] = [names, [], null, null, 0, 1];
  const run = createRun({ step: () => step(), speed: () => SPEED, draw: () => one.show({ neuron: measured(neuron, scales) }) });

  /** The neuron learns from the next piece of fruit. */
  function step() {
    const piece = fruit[order[steps % fruit.length]];
    const inputs = inputsOf(piece, current, scales);
    const isFirst = piece.kind === kinds[0];
    const sure = chance(neuron, inputs);
    const before = measured(neuron, scales);
    neuron = learn(neuron, inputs, isFirst, RATE);
    steps += 1;
    const error = Math.abs((isFirst ? 1 : 0) - sure);
    const said = kinds[sure > 0.5 ? 0 : 1];
    const size = error < SMALL ? 'small' : error < MIDDLE ? 'middle' : 'large';
    tell(t(`learn.neuron.learner.${size}`, { a: aKind(piece.kind), said: kindName(said), sure: percent(Math.max(sure, 1 - sure)) }));
    one.show({ selected: piece, before, neuron: measured(neuron, scales) });
  }

  function tell(words) {
    count.textContent = t('learn.neuron.steps', { n: steps });
    // While it runs, a screen reader would not come to an end.
    story.setAttribute('aria-live', run.isRunning() ? 'off' : 'polite');
    fill(story, words);
  }

  /** A neuron that knows nothing, which the seed chooses. */
  function reset() {
    run.stop();
    const unit = random(seed);
    const angle = unit() * 2 * Math.PI;
    neuron = { weights: [Math.cos(angle), Math.sin(angle)], bias: unit() - 0.5 };
    order = shuffled(fruit.length, unit);
    steps = 0;
    one.show({ names: current, before: null, neuron: measured(neuron, scales) });
    tell(t('learn.neuron.learner.start'));
  }

  /** Begins with other numbers. */
  function show(next) {
    [current, scales] = [next, scalesOf(fruit, next)];
    axes.show(next);
    reset();
  }
  show(names);

  const other = h('button', { type: 'button', class: 'button', onclick: () => {
    seed += 1;
    reset();
  } }, icon('dice'), t('learn.neuron.other'));
  const element = figure(t('learn.neuron.learner.figure'), null,
    h('div', { class: 'fruit-columns' },
      h('div', { class: 'fruit-main' }, one.plot, one.legend),
      h('div', { class: 'fruit-side' }, one.result, axes.element, run.buttons(reset), other, count, story)),
    one.formula);
  return { element, show, hide: run.stop };
}
