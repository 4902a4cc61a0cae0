/** The chapter `neuron`: orange or peach? From five numbers to a small network. */

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { section } from '../chapter.js';
import { predict } from '../questions.js';
import { createBench } from './bench.js';
import { createDecide } from './decide.js';
import { createHand } from './hand.js';
import { RATES, START, TABLES, createLab } from './lab.js';
import { createLearner } from './learner.js';
import { createLook } from './look.js';
import { NUMBERS, bestLine, readTable, scalesOf } from './table.js';

const TABLE = '/assets/data/fruit.csv';
const KINDS = ['orange', 'peach'];
const APPLES = ['orange', 'apple'];
/** The numbers that a line divides at first, by hand and by learning. */
const PAIRS = { hand: ['weight', 'fuzziness'], learn: ['colour', 'fuzziness'] };
const APPLE_PAIR = ['colour', 'weight'];

/** Builds the chapter. Numbers, kinds and the form of the network are in the address: see `read`. */
export function build(context) {
  const place = h('div', { class: 'learn-chapter' });
  let parts = null;
  let wanted = null;
  const loaded = load().catch(toastProblem);

  async function load() {
    const answer = await fetch(TABLE);
    const rows = readTable(await answer.text());
    const of = (kinds) => rows.filter(({ kind }) => kinds.includes(kind));
    const [fruit, apples] = [of(KINDS), of(APPLES)];
    const change = (patch) => write(context, { ...wanted, ...patch });
    const hand = createHand('learn.neuron.hand', fruit, KINDS, PAIRS.hand, (names) => upright(fruit, names), { onnames: (names) => change({ hand: names }) });
    const learner = createLearner(fruit, KINDS, PAIRS.learn, (names) => change({ learn: names }));
    const appleHand = createHand('learn.neuron.apples', apples, APPLES, APPLE_PAIR, (names) => upright(apples, names),
      { caption: t('learn.neuron.apples.best', { n: bestLine(apples, APPLES, APPLE_PAIR), all: apples.length }) });
    const lab = createLab(rows, (settings) => change({ lab: settings }));
    parts = { hand, learner, lab };
    const look = createLook(apples, APPLES, APPLE_PAIR);
    place.append(
      section('learn.neuron.decide', createDecide(fruit, KINDS)),
      section('learn.neuron.hand', hand.element),
      section('learn.neuron.learner', learner.element),
      section('learn.neuron.network', [
        look,
        predict('learn.neuron.network.predict', appleHand.element)]),
      section('learn.neuron.lab', lab.element),
      section('learn.neuron.bench', predict('learn.neuron.bench.predict', createBench(rows))),
      section('learn.neuron.brain'));
  }

  return {
    sections: place,
    async show(params) {
      await loaded;
      const next = read(params);
      const isOther = (name) => String(wanted?.[name] ?? PAIRS[name]) !== String(next[name]);
      if (parts && isOther('hand')) parts.hand.show(next.hand);
      if (parts && isOther('learn')) parts.learner.show(next.learn);
      wanted = next;
      parts?.lab.show(next.lab);
    },
    hide() {
      parts?.learner.hide();
      parts?.lab.hide();
    },
  };
}

/** A neuron whose line stands upright in the middle of some fruit. */
function upright(fruit, names) {
  const [{ mean }] = scalesOf(fruit, names);
  return { weights: [1, 0], bias: -Math.round(mean) };
}

/** What the address asks for: ?hand=weight-fuzziness&learn=colour-fuzziness&fruit=orange-apple&numbers=colour-weight&layers=4-4&rate=0.1&seed=3 */
function read(params) {
  const pair = (name, otherwise) => {
    const names = params.get(name)?.split('-') ?? [];
    const isPair = names.length === 2 && names[0] !== names[1] && names.every((one) => NUMBERS.some((number) => number.name === one));
    return isPair ? names : otherwise;
  };
  const [layers, seed, rate] = [params.get('layers'), Number(params.get('seed')), Number(params.get('rate'))];
  return {
    hand: pair('hand', PAIRS.hand),
    learn: pair('learn', PAIRS.learn),
    lab: {
      table: TABLES.includes(params.get('fruit')) ? params.get('fruit') : START.table,
      names: pair('numbers', START.names),
      hidden: layers === 'none' ? [] : /^[1-6](-[1-6]){0,2}$/.test(layers ?? '') ? layers.split('-').map(Number) : START.hidden,
      rate: RATES.includes(rate) ? rate : START.rate,
      seed: Number.isInteger(seed) && seed >= 1 && seed <= 9999 ? seed : START.seed,
    },
  };
}

/** Writes what differs from the beginning into the address. */
function write(context, { hand, learn, lab }) {
  const pairs = [
    ['hand', hand.join('-'), PAIRS.hand.join('-')], ['learn', learn.join('-'), PAIRS.learn.join('-')],
    ['fruit', lab.table, START.table], ['numbers', lab.names.join('-'), START.names.join('-')],
    ['layers', lab.hidden.join('-') || 'none', START.hidden.join('-')], ['rate', String(lab.rate), String(START.rate)], ['seed', String(lab.seed), String(START.seed)],
  ];
  const query = new URLSearchParams(pairs.filter(([, value, start]) => value !== start).map(([name, value]) => [name, value]));
  context.open(`/learn/neuron${query.size ? `?${query}` : ''}`, { replace: true });
}
