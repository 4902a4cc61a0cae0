// The numbers of "Orange or peach?" are those of the engine and the trainer: the page's code computes what is in a file that
// `crates/train/tests/table/page.rs` compares with the library.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { activations, answer, createNetwork, createTraining, descend, evaluate, gradients } from '../../web/js/learn/neuron/network.js';
import { chance, fires, learn, lineWithin, measured, sum, through } from '../../web/js/learn/neuron/neuron.js';
import { NUMBERS, bestBorder, bestLine, examplesOf, inputsOf, readTable, scalesOf, split } from '../../web/js/learn/neuron/table.js';

const read = (path) => readFile(new URL(path, import.meta.url), 'utf8');
const { table, ...networks } = JSON.parse(await read('../../../train/tests/table/page.json'));
const rows = readTable(await read('../../web/data/fruit.csv'));
const NAMES = NUMBERS.map(({ name }) => name);
const CLOSE = 1e-5;

/** Compares all numbers of two values. */
function close(got, expected, place) {
  if (typeof expected === 'number') {
    assert(Math.abs(got - expected) <= CLOSE * Math.max(1, Math.abs(expected)), `${place}: ${got} is not ${expected}`);
    return;
  }
  assert.deepEqual(Object.keys(got).sort(), Object.keys(expected).sort(), place);
  for (const [name, value] of Object.entries(expected)) close(got[name], value, `${place}.${name}`);
}

for (const [name, expected] of Object.entries(networks)) {
  const { network, examples, rate } = expected;

  test(`a network computes what the engine does: ${name}`, () => {
    close(examples.map(({ inputs }) => activations(network, inputs)), expected.activations, 'activations');
    close(examples.map(({ inputs }) => answer(network, inputs)), expected.probabilities, 'probabilities');
    close(evaluate(network, examples).loss, expected.loss, 'loss');
  });

  test(`a network learns as the trainer does: ${name}`, () => {
    close(gradients(network, examples), expected.gradient, 'gradient');
    let trained = descend(network, gradients(network, examples), rate);
    close(trained, expected.after_one_step, 'one step');
    for (let step = 1; step < expected.steps; step += 1) trained = descend(trained, gradients(trained, examples), rate);
    close(trained, expected.after_all_steps, 'all steps');
  });
}

test('one neuron is a network of two answers, the other of which has no weights', () => {
  const { network: [{ weights: [weights], bias: [bias] }], examples, rate } = networks.linear;
  const neuron = { weights, bias };
  const asNetwork = ({ weights: own, bias: added }) => [{ weights: [[0, 0], own], bias: [0, added] }];
  for (const { inputs, label } of examples) {
    close(activations(asNetwork(neuron), inputs)[0][1], sum(neuron, inputs), 'sum');
    close(answer(asNetwork(neuron), inputs)[1], chance(neuron, inputs), 'chance');
    const [{ weights: [, own], bias: [, added] }] = descend(asNetwork(neuron), gradients(asNetwork(neuron), [{ inputs, label }]), rate);
    close(learn(neuron, inputs, label === 1, rate), { weights: own, bias: added }, 'learned');
  }
});

test('numbers are brought to mean 0 and deviation 1 as the library does', () => {
  const trained = table.rows.map((row) => rows[row]);
  const scales = scalesOf(trained, NAMES);
  NUMBERS.forEach(({ parts, name }, at) => {
    close(scales[at].mean / parts, table.scales[at].mean, `mean ${name}`);
    close(scales[at].deviation / parts, table.scales[at].deviation, `deviation ${name}`);
  });
  close(inputsOf(trained[0], NAMES, scales), table.inputs, 'inputs');
});

test('a neuron for grams and percent has the sums and the answers of the one that learned', () => {
  const names = ['weight', 'fuzziness'];
  const scales = scalesOf(rows, names);
  const neuron = { weights: [0.7, -2], bias: 0.3 };
  const shown = measured(neuron, scales);
  for (const fruit of rows) {
    const values = names.map((name) => fruit[name]);
    close(sum(shown, values), sum(neuron, inputsOf(fruit, names, scales)), 'sum');
    assert.equal(fires(shown, values), fires(neuron, inputsOf(fruit, names, scales)));
  }
});

test('a line through two points is that of its neuron, and one side says yes', () => {
  const box = { left: 0, right: 200, bottom: 0, top: 100 };
  for (const [from, to] of [[[0, 30], [200, 60]], [[50, 0], [80, 100]], [[200, 60], [0, 30]], [[100, 100], [100, 0]]]) {
    const neuron = through(from, to);
    assert.equal(Math.max(...neuron.weights.map(Math.abs)), 1);
    for (const point of [from, to]) close(sum(neuron, point), 0, 'on the line');
    close(lineWithin(neuron, box), [from, to], 'ends');
    const left = [from[0] - (to[1] - from[1]) * 0.1, from[1] + (to[0] - from[0]) * 0.1];
    assert(fires(neuron, left));
  }
  assert.equal(lineWithin({ weights: [1, 0], bias: 10 }, box), null);
});

test('fuzziness divides oranges and peaches, no line divides oranges and apples, a small network does', () => {
  const of = (...kinds) => rows.filter(({ kind }) => kinds.includes(kind));
  assert.deepEqual(bestBorder(of('orange', 'peach'), ['orange', 'peach'], 'fuzziness').right, 120);
  assert(bestBorder(of('orange', 'peach'), ['orange', 'peach'], 'weight').right < 80);
  const [kinds, names] = [['orange', 'apple'], ['colour', 'weight']];
  assert(bestLine(of(...kinds), kinds, names) < 100);

  const { train, heldOut } = split(rows, kinds);
  assert.deepEqual([train.length, heldOut.length], [96, 24]);
  assert(heldOut.every((fruit) => !train.includes(fruit)));
  const scales = scalesOf(train, names);
  const [examples, unseen] = [train, heldOut].map((fruit) => examplesOf(fruit, kinds, names, scales));
  const right = (hidden, seed) => {
    const training = createTraining([2, ...hidden, 2], examples, seed);
    while (training.steps < 1500) training.step(0.1);
    return evaluate(training.network, unseen).right;
  };
  assert.equal(right([4], 3), 24);
  assert(right([], 3) <= 18, 'without a layer between, it has straight lines only');
});

test('the same seed gives the same network', () => {
  assert.deepEqual(createNetwork([2, 4, 2], 7), createNetwork([2, 4, 2], 7));
  assert.notDeepEqual(createNetwork([2, 4, 2], 7), createNetwork([2, 4, 2], 8));
});
