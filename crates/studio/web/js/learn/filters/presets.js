// The kernels that have names, with the numbers of the library (`oneiric::filter::kernels`).

const kernel = (name, numbers, by = 1) => ({ name, size: Math.sqrt(numbers.length), numbers, by });

export const PRESETS = [
  kernel('identity', [0, 0, 0, 0, 1, 0, 0, 0, 0]),
  kernel('blur', [1, 2, 1, 2, 4, 2, 1, 2, 1], 16),
  kernel('blur-5', [1, 4, 6, 4, 1, 4, 16, 24, 16, 4, 6, 24, 36, 24, 6, 4, 16, 24, 16, 4, 1, 4, 6, 4, 1], 256),
  kernel('box', [1, 1, 1, 1, 1, 1, 1, 1, 1], 9),
  kernel('motion', [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], 5),
  kernel('sharpen', [0, -1, 0, -1, 5, -1, 0, -1, 0]),
  kernel('edges', [0, -1, 0, -1, 4, -1, 0, -1, 0]),
  kernel('outline', [-1, -1, -1, -1, 8, -1, -1, -1, -1]),
  kernel('emboss', [-2, -1, 0, -1, 1, 1, 0, 1, 2]),
  kernel('sobel-x', [-1, 0, 1, -2, 0, 2, -1, 0, 1]),
  kernel('sobel-y', [-1, -2, -1, 0, 0, 0, 1, 2, 1]),
  kernel('lines', [-1, -1, -1, 2, 2, 2, -1, -1, -1]),
  kernel('spots', [0, 0, -1, 0, 0, 0, -1, -2, -1, 0, -1, -2, 16, -2, -1, 0, -1, -2, -1, 0, 0, 0, -1, 0, 0]),
];

/** The kernel with this name. */
export const preset = (name) => PRESETS.find((one) => one.name === name);
