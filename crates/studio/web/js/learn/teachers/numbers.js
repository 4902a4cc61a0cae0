// The numbers of the worksheets. The sheets and their answers are written with the same ones.

/** The neuron of sheet 1: two numbers of a piece of fruit, their weights and the bias. */
const WEIGHTS = [3, -2];
const BIAS = 1;
const FRUIT = { a: [2, 5], b: [2, 1] };
/** The pixels and kernels of sheet 2, row by row. */
const SQUARES = {
  spot: [10, 10, 10, 10, 50, 10, 10, 10, 10],
  edges: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  blur: Array(9).fill('1/9'),
  sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
  identity: [0, 0, 0, 0, 1, 0, 0, 0, 0],
};
/** The test of sheet 4. */
const TEST = { right: 17, of: 20 };

const products = (numbers, weights) => numbers.map((number, at) => number * weights[at]);
const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);
const signed = (number) => String(number).replace('-', '−');
const factor = (number) => (number < 0 ? `(${signed(number)})` : signed(number));

function neuron(name) {
  const [first, second] = products(FRUIT[name], WEIGHTS);
  return { [`${name}1`]: FRUIT[name][0], [`${name}2`]: FRUIT[name][1], [`${name}P1`]: signed(first), [`${name}P2`]: signed(second), [`sum_${name}`]: signed(first + second + BIAS) };
}

/** What the texts of the sheets and answers name. */
export const values = {
  w1: factor(WEIGHTS[0]), w2: factor(WEIGHTS[1]), bias: signed(BIAS), ...neuron('a'), ...neuron('b'),
  edgeSum: sum(products(SQUARES.spot, SQUARES.edges)),
  middle: SQUARES.spot[4] * SQUARES.edges[4],
  around: signed(sum(products(SQUARES.spot, SQUARES.edges)) - SQUARES.spot[4] * SQUARES.edges[4]),
  right: TEST.right, of: TEST.of, percent: (100 * TEST.right) / TEST.of,
  squares: SQUARES,
};
