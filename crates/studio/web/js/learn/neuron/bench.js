// A fruit of one's own, and things that the network has never seen.

import { fill, h, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { createScene, measure, skin } from './fruit.js';
import { answer, createTraining, evaluate, largest } from './network.js';
import { NUMBERS, examplesOf, inputsOf, scalesOf, split } from './table.js';
import { aKind, kindMark, kindName, numberName, percent, slider } from './words.js';

const NAMES = NUMBERS.map(({ name }) => name);
const HIDDEN = 6;
const STEPS = 600;
const RATE = 0.1;
const SEED = 2;
/** By the rules of the International Tennis Federation: 56.0 to 59.4 g, 65.4 to 68.6 mm. */
const BALL = { weight: 58, diameter: 67, colour: 68, roundness: 100, fuzziness: 90 };

/** Creates the figure. */
export function createBench(rows) {
  const of = (kind, fits = () => true) => rows.find((fruit) => fruit.kind === kind && fits(fruit));
  const things = { orange: of('orange'), peach: of('peach'), redApple: of('apple', ({ colour }) => colour < 40), greenApple: of('apple', ({ colour }) => colour > 40), ball: BALL };
  const scene = createScene();
  const bars = h('div', { class: 'bench-bars' });
  const verdict = h('p', { class: 'fruit-says', role: 'status' });
  const about = h('p', { class: 'dim small' });
  const sliders = new Map(NUMBERS.map((number) => [number.name, slider(numberName(number.name), { min: number.low, max: number.high, step: 1 },
    (value) => measure(number.name, value), (value) => show({ ...fruit, [number.name]: value }, 'own'))]));
  const chips = Object.keys(things).map((name) => h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', dataset: { thing: name }, onclick: () => show(things[name], name) }, t(`learn.neuron.bench.things.${name}`)));
  const teach = h('input', { type: 'checkbox', role: 'switch', onchange: () => {
    network = trained();
    show(fruit, thing);
  } });
  let [fruit, thing, network] = [things.orange, 'orange', trained()];

  /** A network that knows oranges and peaches, and apples if they are wanted, trained here and now. */
  function trained() {
    const kinds = ['orange', 'peach', ...(teach.checked ? ['apple'] : [])];
    const { train, heldOut } = split(rows, kinds);
    const scales = scalesOf(train, NAMES);
    const training = createTraining([NAMES.length, HIDDEN, kinds.length], examplesOf(train, kinds, NAMES, scales), SEED);
    while (training.steps < STEPS) training.step(RATE);
    const { right } = evaluate(training.network, examplesOf(heldOut, kinds, NAMES, scales));
    about.textContent = t('learn.neuron.bench.about', { n: train.length, steps: STEPS, right, all: heldOut.length });
    return { kinds, chances: (one) => answer(training.network, inputsOf(one, NAMES, scales)) };
  }

  function show(next, name) {
    [fruit, thing] = [next, name];
    scene.show(fruit);
    for (const [number, field] of sliders) field.set(fruit[number]);
    for (const chip of chips) chip.setAttribute('aria-pressed', String(chip.dataset.thing === name));
    const chances = network.chances(fruit);
    const best = largest(chances);
    fill(bars, network.kinds.map((kind, at) => h('div', { class: `bench-bar${at === best ? ' best' : ''}`, vars: { share: chances[at] } },
      kindMark(kind), h('span', null, kindName(kind)), h('span', { class: `bench-track fruit-${kind}` }), h('strong', null, percent(chances[at])))));
    const comment = Object.hasOwn(things, name) ? t(`learn.neuron.bench.comments.${name}${teach.checked ? 'Taught' : ''}`, { a: aKind(network.kinds[best]), percent: percent(chances[best]) }) : '';
    fill(verdict, comment || t('learn.neuron.bench.own', { a: aKind(network.kinds[best]), percent: percent(chances[best]) }));
    setVars(scene.element, { skin: skin(fruit.colour) });
  }
  show(fruit, thing);

  return figure(t('learn.neuron.bench.figure'), null,
    h('div', { class: 'bench-things', role: 'group', 'aria-label': t('learn.neuron.bench.show') }, h('span', { class: 'label' }, t('learn.neuron.bench.show')), chips),
    h('div', { class: 'fruit-columns bench' },
      h('div', { class: 'fruit-side' }, scene.element, bars, verdict),
      h('div', { class: 'fruit-side' }, h('p', { class: 'label' }, t('learn.neuron.bench.build')), h('div', { class: 'fruit-sliders' }, [...sliders.values()].map((field) => field.element)),
        h('label', { class: 'check bench-teach' }, teach, h('span', null, t('learn.neuron.bench.teach'))), about)));
}
