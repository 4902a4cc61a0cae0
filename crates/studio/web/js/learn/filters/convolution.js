// Convolutions of maps with a kernel, as networks compute them: the kernel is not mirrored (a cross-correlation).
// A map is { width, height, values }, its values row by row in a Float32Array. A kernel is { size, numbers, by }: its numbers row by
// row, each divided by `by`.

/** The weights of a kernel: its numbers, divided, in single precision as in the library. */
const weightsOf = ({ numbers, by }) => numbers.map((number) => Math.fround(number / by));

/** How many values are put on each side of a map, so that its size stays when the stride is 1. */
export const border = ({ size }, padding) => (padding === 'none' ? 0 : (size - 1) / 2);

/** The number of values along a side of the result. */
export const sideAfter = (side, { size }, { stride = 1, padding = 'edge' } = {}) => (
  Math.max(0, Math.floor((side + 2 * border({ size }, padding) - size) / stride) + 1));

/**
 * The convolution of a map. `padding` is 'edge' (the border's values go on), 'zero', or 'none' (the kernel stays inside of the map);
 * the window moves by `stride` values. Sums are in double precision, rounded once.
 */
export function convolve(map, kernel, { stride = 1, padding = 'edge' } = {}) {
  const { size } = kernel;
  const width = sideAfter(map.width, kernel, { stride, padding });
  const height = sideAfter(map.height, kernel, { stride, padding });
  const padded = pad(map, border(kernel, padding), padding);
  const weights = weightsOf(kernel);
  const values = new Float32Array(width * height);
  const row = new Float64Array(width);
  for (let y = 0; y < height; y += 1) {
    row.fill(0);
    for (let at = 0; at < weights.length; at += 1) {
      const weight = weights[at];
      if (weight === 0) continue;
      let from = (y * stride + Math.floor(at / size)) * padded.width + (at % size);
      for (let x = 0; x < width; x += 1, from += stride) row[x] += weight * padded.values[from];
    }
    values.set(row, y * width);
  }
  return { width, height, values };
}

function pad(map, by, padding) {
  if (!by) return map;
  const width = map.width + 2 * by;
  const height = map.height + 2 * by;
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) values[y * width + x] = valueAt(map, x - by, y - by, padding);
  }
  return { width, height, values };
}

const clamp = (value, most) => Math.min(Math.max(value, 0), most);

/** The value of a map at a position, which may lie outside: there it follows from the padding. */
export function valueAt({ width, height, values }, x, y, padding = 'edge') {
  const isInside = x >= 0 && y >= 0 && x < width && y < height;
  if (!isInside && padding !== 'edge') return 0;
  return values[clamp(y, height - 1) * width + clamp(x, width - 1)];
}

/** One window: the values below the kernel with its middle at a position, their products with the weights, and the sum of these. */
export function windowAt(map, kernel, x, y, padding = 'edge') {
  const half = (kernel.size - 1) / 2;
  const values = kernel.numbers.map((_, at) => valueAt(map, x - half + (at % kernel.size), y - half + Math.floor(at / kernel.size), padding));
  const products = values.map((value, at) => value * kernel.numbers[at]);
  const total = products.reduce((sum, product) => sum + product, 0);
  return { values, products, total, sum: total / kernel.by };
}

/** ReLU: negative values become 0. */
export const relu = (map) => ({ ...map, values: map.values.map((value) => Math.max(0, value)) });

/** Max pooling: the largest of each `size` times `size` values. What does not fill a window at the right and lower border is left out. */
export function maxPool(map, size) {
  const width = Math.floor(map.width / size);
  const height = Math.floor(map.height / size);
  const values = new Float32Array(width * height).fill(-Infinity);
  for (let y = 0; y < height * size; y += 1) {
    for (let x = 0; x < width * size; x += 1) {
      const at = Math.floor(y / size) * width + Math.floor(x / size);
      values[at] = Math.max(values[at], map.values[y * map.width + x]);
    }
  }
  return { width, height, values };
}

/**
 * The first and the last value of the photo, along one side, that a value of the result depends on. `steps` are the convolutions and
 * poolings in their order, each { size, stride, border }; positions before 0 or behind the photo's side are padding.
 */
export function fieldAt(steps, at) {
  const back = ([from, to], { size, stride, border: before }) => [from * stride - before, to * stride - before + size - 1];
  return steps.toReversed().reduce(back, [at, at]);
}
