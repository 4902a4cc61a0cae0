// A small dense network that learns to tell kinds of fruit apart by two of their numbers, with all that is in it.

import { fill, h, iconButton } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { createCurve } from './curve.js';
import { createDiagram } from './diagram.js';
import { CELLS, fieldsOf, paintMap } from './fields.js';
import { portrait } from './fruit.js';
import { createLayers } from './layers.js';
import { activations, answer, createTraining, evaluate, isDead, largest, softmax } from './network.js';
import { measured } from './neuron.js';
import { createPlot, described } from './plot.js';
import { createRun } from './run.js';
import { examplesOf, inputsOf, scalesOf, split } from './table.js';
import { aKind, axesChooser, chooser, kindNames, legend, percent, score } from './words.js';

/** The tables to choose from, by the kinds of fruit in them. */
export const TABLES = ['orange-apple', 'orange-peach', 'orange-peach-apple'];
export const RATES = [0.01, 0.03, 0.1, 0.3, 1, 10];
/** Steps a second. */
const SPEEDS = { slow: 6, normal: 60, fast: 300 };
const MOST_STEPS = 3000;
/** Points of the curve above which every second one is dropped. */
const MOST_POINTS = 400;

export const START = { table: 'orange-apple', names: ['colour', 'weight'], hidden: [4], rate: 0.1, seed: 3 };

/** Creates the figure: { element, show(settings), hide() }. `onchange(settings)` is called when a person changes them. */
export function createLab(rows, onchange) {
  let settings = null;
  let [kinds, train, heldOut, scales] = [[], [], [], []];
  let [examples, unseen, training, points, selected, speed] = [[], [], null, [], null, 'normal'];
  const plot = createPlot(t('learn.neuron.lab.plot'), { onselect: (one, byKey) => {
    selected = one;
    draw();
    if (byKey) spoken.textContent = `${described(one)}. ${says.textContent}`;
  } });
  const diagram = createDiagram(() => plot.show(lines()));
  const curve = createCurve();
  const marks = h('div');
  const count = h('p', { class: 'fruit-count', role: 'status' });
  const known = score(t('learn.neuron.lab.known'));
  const test = score(t('learn.neuron.lab.test'));
  const face = h('div', { class: 'fruit-face' });
  const says = h('p', { class: 'fruit-says' });
  const spoken = h('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  const map = h('canvas', { width: CELLS, height: CELLS });
  const run = createRun({
    step: () => training.step(settings.rate), draw: () => draw(true), speed: () => SPEEDS[speed], isOver: () => training.steps >= MOST_STEPS || isDead(training.network, examples),
  });

  const change = (patch) => {
    show({ ...settings, ...patch });
    onchange(settings);
  };
  const table = chooser(t('learn.neuron.lab.table'), TABLES.map((one) => [one, listOf(one)]), START.table, (value) => change({ table: value }));
  const axes = axesChooser(START.names, (names) => change({ names }));
  const rate = chooser(t('learn.neuron.lab.rate'), RATES.map((one) => [String(one), t(`learn.neuron.lab.rates.${RATES.indexOf(one)}`, { n: one })]), String(START.rate),
    (value) => change({ rate: Number(value) }));
  const layers = createLayers((hidden) => change({ hidden }));
  const pace = chooser(t('learn.neuron.lab.speed'), Object.keys(SPEEDS).map((one) => [one, t(`learn.neuron.lab.speeds.${one}`)]), speed, (value) => { speed = value; });
  const seed = h('input', { type: 'number', min: 1, max: 9999, onchange: () => change({ seed: Math.min(Math.max(Math.round(Number(seed.value)) || 1, 1), 9999) }) });

  /** Shows other settings. A new rate goes on with the same network; anything else begins again. */
  function show(next) {
    const isSame = settings && ['table', 'names', 'hidden', 'seed'].every((name) => String(settings[name]) === String(next[name]));
    const isOtherTable = settings?.table !== next.table;
    settings = next;
    rate.select.value = String(settings.rate);
    if (isSame) return;
    table.select.value = settings.table;
    axes.show(settings.names);
    seed.value = settings.seed;
    kinds = settings.table.split('-');
    ({ train, heldOut } = split(rows, kinds));
    scales = scalesOf(train, settings.names);
    [examples, unseen] = [train, heldOut].map((fruit) => examplesOf(fruit, kinds, settings.names, scales));
    if (isOtherTable) selected = heldOut[0];
    fill(marks, legend(kinds, { unseen: true }));
    layers.show(settings.hidden);
    reset();
  }

  function reset() {
    run.stop();
    const sizes = [2, ...settings.hidden, kinds.length];
    training = createTraining(sizes, examples, settings.seed);
    points = [];
    diagram.build(sizes, settings.names, kinds);
    plot.show({ kinds, fruit: [...train, ...heldOut], names: settings.names });
    draw(true);
  }

  /** Shows the network as it is now; `isNew` adds a point to the curve. */
  function draw(isNew = false) {
    const { network, steps } = training;
    const inputs = inputsOf(selected, settings.names, scales);
    const values = [inputs, ...activations(network, inputs)];
    const chances = softmax(values.at(-1));
    const fields = fieldsOf(network, plot.box(), scales);
    paintMap(map, fields.at(-1), kinds);
    diagram.show({ network, fields, values, chances, fruit: selected });
    const isWrong = (fruit) => kinds[largest(answer(network, inputsOf(fruit, settings.names, scales)))] !== fruit.kind;
    plot.show({ map, selected, isWrong, isUnseen: (fruit) => heldOut.includes(fruit), ...lines() });
    if (isNew) {
      const [own, others] = [evaluate(network, examples), evaluate(network, unseen)];
      known.show(own.right, examples.length);
      test.show(others.right, unseen.length);
      if (points.length > MOST_POINTS) points = points.filter((_, at) => at % 2 === 0);
      if (points.at(-1)?.steps !== steps) points.push({ steps, train: own.loss, heldOut: others.loss });
      curve.show(points);
      count.setAttribute('aria-live', run.isRunning() ? 'off' : 'polite');
      count.textContent = t(isDead(network, examples) ? 'learn.neuron.lab.dead' : 'learn.neuron.steps', { n: steps });
    }
    const best = kinds[largest(chances)];
    fill(face, portrait(selected));
    fill(says, t(heldOut.includes(selected) ? 'learn.neuron.lab.saysUnseen' : 'learn.neuron.lab.saysKnown', { a: aKind(selected.kind) }), ' ',
      h('strong', null, t('learn.neuron.lab.says', { a: aKind(best), percent: percent(Math.max(...chances)) })));
  }

  /** The line of each neuron of the first layer, where its sum is zero; that of the chosen one is thick. */
  function lines() {
    const [{ weights, bias }] = training.network;
    const all = training.network.length > 1 ? weights.map((own, at) => measured({ weights: own, bias: bias[at] }, scales)) : [];
    return { lines: all, thick: all[diagram.chosenLine()] };
  }

  const dice = iconButton('dice', t('learn.neuron.other'), () => change({ seed: (settings.seed % 9999) + 1 }));
  const element = figure(t('learn.neuron.lab.figure'), t('learn.neuron.lab.try'),
    h('div', { class: 'net-tools' }, run.buttons(() => reset()), rate.element, pace.element,
      h('div', { class: 'field net-seed' }, h('label', { class: 'label' }, t('learn.neuron.lab.seed'), seed), dice)),
    h('div', { class: 'net-parts' },
      h('div', { class: 'net-left' }, layers.element, diagram.element),
      h('div', { class: 'net-right' }, plot.element, marks, h('div', { class: 'net-answer' }, face, says, spoken))),
    h('div', { class: 'net-results' }, h('div', { class: 'net-scores' }, count, known.element, test.element), curve.element),
    h('div', { class: 'net-tools net-data' }, table.element, axes.element));
  show(START);
  return { element, show, hide: run.stop };
}

const listOf = (table) => new Intl.ListFormat(document.documentElement.lang, { type: 'conjunction' }).format(table.split('-').map(kindNames));
