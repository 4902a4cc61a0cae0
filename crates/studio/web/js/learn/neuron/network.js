// A small dense network: weighted sums with ReLU between them, softmax and cross-entropy at the end, gradient descent. It computes
// as the program's own trainer does for tables; crates/train/tests/table/page.rs and tests/browser/numbers-neuron.test.mjs compare both.

/** Uniform random numbers from 0 to 1 with a seed: mulberry32 (T. Ettinger, 2017). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers 0 to `count` - 1 in a random order. */
export function shuffled(count, unit) {
  const order = Array.from({ length: count }, (_, at) => at);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(unit() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/**
 * A network with random weights: a list of layers { weights: one list a neuron, bias: one number a neuron }. `sizes` are the number
 * of inputs, of the neurons of each hidden layer, and of the classes. Weights are uniform within √6, in the last layer 1, over the
 * root of the number of inputs (He et al., "Delving Deep into Rectifiers", 2015).
 */
export function createNetwork(sizes, seed) {
  const unit = random(seed);
  return sizes.slice(1).map((neurons, at) => {
    const inputs = sizes[at];
    const reach = (at === sizes.length - 2 ? 1 : Math.sqrt(6)) / Math.sqrt(inputs);
    return {
      weights: Array.from({ length: neurons }, () => Array.from({ length: inputs }, () => (unit() * 2 - 1) * reach)),
      bias: Array(neurons).fill(0),
    };
  });
}

/** The value of each neuron, a list a layer: ReLU of the sum in hidden layers, the sum itself (a score) in the last one. */
export function activations(network, inputs) {
  let values = inputs;
  return network.map(({ weights, bias }, at) => {
    const isLast = at === network.length - 1;
    values = weights.map((row, neuron) => {
      let sum = bias[neuron];
      for (let i = 0; i < row.length; i += 1) sum += row[i] * values[i];
      return isLast ? sum : Math.max(0, sum);
    });
    return values;
  });
}

/** Scores as probabilities, which add up to 1. */
export function softmax(scores) {
  const highest = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - highest));
  const sum = parts.reduce((a, b) => a + b);
  return parts.map((part) => part / sum);
}

/** The probabilities of the classes. */
export const answer = (network, inputs) => softmax(activations(network, inputs).at(-1));

/** The place of the largest number. */
export const largest = (numbers) => numbers.indexOf(Math.max(...numbers));

/** The mean cross-entropy over examples { inputs, label }, and how many of them are named right. */
export function evaluate(network, examples) {
  let loss = 0;
  let right = 0;
  for (const { inputs, label } of examples) {
    const chances = answer(network, inputs);
    loss -= Math.log(chances[label]) / examples.length;
    if (largest(chances) === label) right += 1;
  }
  return { loss, right };
}

/** Whether all neurons of a hidden layer are at zero for all examples: then no gradient comes through, and nothing can change that. */
export function isDead(network, examples) {
  const values = examples.map(({ inputs }) => activations(network, inputs));
  return network.slice(0, -1).some((_, layer) => values.every((one) => one[layer].every((value) => value === 0)));
}

/** The gradient of the mean cross-entropy over examples, in the form of the network. */
export function gradients(network, examples) {
  const sums = network.map(({ weights, bias }) => ({ weights: weights.map((row) => row.map(() => 0)), bias: bias.map(() => 0) }));
  for (const { inputs, label } of examples) {
    const values = activations(network, inputs);
    let slopes = softmax(values.at(-1)).map((chance, at) => (chance - (at === label ? 1 : 0)) / examples.length);
    for (let at = network.length - 1; at >= 0; at -= 1) {
      const before = at ? values[at - 1] : inputs;
      const { weights } = network[at];
      slopes.forEach((slope, neuron) => {
        sums[at].bias[neuron] += slope;
        before.forEach((value, i) => { sums[at].weights[neuron][i] += slope * value; });
      });
      // ReLU lets a slope through where its neuron is above zero.
      slopes = before.map((value, i) => (at && value > 0 ? slopes.reduce((sum, slope, neuron) => sum + slope * weights[neuron][i], 0) : 0));
    }
  }
  return sums;
}

/** The network after one step of gradient descent. */
export function descend(network, gradient, rate) {
  const less = (values, slopes) => values.map((value, i) => value - rate * slopes[i]);
  return network.map(({ weights, bias }, at) => ({
    weights: weights.map((row, neuron) => less(row, gradient[at].weights[neuron])),
    bias: less(bias, gradient[at].bias),
  }));
}

/** A training, step by step: { network, steps, step(rate) }. Each step takes the next `batch` examples of a random order. */
export function createTraining(sizes, examples, seed, batch = 16) {
  const unit = random(seed ^ 0x5eed);
  let order = [];
  const training = { network: createNetwork(sizes, seed), steps: 0, step };

  function step(rate) {
    if (order.length < batch) order = [...order, ...shuffled(examples.length, unit)];
    const chosen = order.splice(0, batch).map((at) => examples[at]);
    training.network = descend(training.network, gradients(training.network, chosen), rate);
    training.steps += 1;
  }
  return training;
}
