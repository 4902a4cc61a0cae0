// One neuron for two numbers: a linear threshold unit { weights, bias }, and how it learns.

/** The weighted sum of some numbers, plus the bias. */
export const sum = ({ weights, bias }, values) => weights.reduce((total, weight, at) => total + weight * values[at], bias);

/** Whether the sum is above zero. */
export const fires = (neuron, values) => sum(neuron, values) > 0;

/** How sure it is that the answer is yes, 0 to 1: the logistic function of the sum, the softmax of the scores 0 and the sum. */
export const chance = (neuron, values) => 1 / (1 + Math.exp(-sum(neuron, values)));

/** The neuron after it has seen one example, whose answer is yes or no: one step of gradient descent on the cross-entropy. */
export function learn({ weights, bias }, values, isYes, rate) {
  const error = (isYes ? 1 : 0) - chance({ weights, bias }, values);
  return { weights: weights.map((weight, at) => weight + rate * error * values[at]), bias: bias + rate * error };
}

/** The neuron for numbers as they are measured, which gives the same sums as one for distances from the mean in deviations. */
export function measured({ weights, bias }, scales) {
  const own = weights.map((weight, at) => weight / scales[at].deviation);
  return { weights: own, bias: own.reduce((rest, weight, at) => rest - weight * scales[at].mean, bias) };
}

/** The same line and sides with the larger weight being 1 or -1. */
export function normalized({ weights, bias }) {
  const most = Math.max(...weights.map(Math.abs)) || 1;
  return { weights: weights.map((weight) => weight / most), bias: bias / most };
}

/** The neuron whose line goes through two points, with yes on the left of the way from the first to the second. */
export function through([x1, y1], [x2, y2]) {
  const weights = [y1 - y2, x2 - x1];
  return normalized({ weights, bias: -(weights[0] * x1 + weights[1] * y1) });
}

/** The two ends of its line in a rectangle { left, right, bottom, top }, yes on the left; null if the line is outside. */
export function lineWithin({ weights: [a, b], bias }, { left, right, bottom, top }) {
  const ends = [];
  const add = (x, y) => {
    const isInside = x >= left - 1e-9 && x <= right + 1e-9 && y >= bottom - 1e-9 && y <= top + 1e-9;
    const isNew = !ends.some(([ex, ey]) => Math.abs(ex - x) < 1e-9 * (right - left) && Math.abs(ey - y) < 1e-9 * (top - bottom));
    if (isInside && isNew) ends.push([x, y]);
  };
  if (b) [left, right].forEach((x) => add(x, -(a * x + bias) / b));
  if (a) [bottom, top].forEach((y) => add(-(b * y + bias) / a, y));
  if (ends.length < 2) return null;
  const [[x1, y1], [x2, y2]] = ends;
  return a * (y1 - y2) + b * (x2 - x1) > 0 ? [ends[0], ends[1]] : [ends[1], ends[0]];
}
