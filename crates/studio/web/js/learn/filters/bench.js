// What the figures of the chapter share: the photo as numbers, and the kernel.

import { preset } from './presets.js';

/** The longer side of the photo that is filtered, of the one of the puzzles, and of the small pictures, in pixels. */
export const SIDE = 480;
export const MIDDLE = 240;
export const SMALL = 120;

/**
 * The shared state: `kernel`, and `photo`, `middle` and `small`, each { width, height, red, green, blue, grey: maps of values 0 to 255 }.
 * `on(what, listener)` calls the listener now, if there is a photo, and at each change; `what` is a list of 'kernel' and 'photo'.
 */
export function createBench() {
  const listeners = [];
  const bench = {
    kernel: preset('sharpen'),
    photo: null,
    middle: null,
    small: null,
    on(what, listener) {
      listeners.push({ what, listener });
      if (bench.photo) listener();
    },
    setKernel(kernel) {
      bench.kernel = kernel;
      tell('kernel');
    },
    setPhoto(large, middle, small) {
      Object.assign(bench, { photo: mapsOf(large), middle: mapsOf(middle), small: mapsOf(small) });
      tell('photo');
    },
  };
  const tell = (changed) => {
    if (!bench.photo) return;
    for (const { what, listener } of listeners) if (what.includes(changed)) listener();
  };
  return bench;
}

/** The colours of an ImageData as maps. Grey is the luma of ITU-R BT.601, rounded. */
function mapsOf({ width, height, data }) {
  const map = (value) => {
    const values = new Float32Array(width * height);
    for (let at = 0; at < values.length; at += 1) values[at] = value(data[4 * at], data[4 * at + 1], data[4 * at + 2]);
    return { width, height, values };
  };
  return {
    width,
    height,
    red: map((red) => red),
    green: map((_, green) => green),
    blue: map((_red, _green, blue) => blue),
    grey: map((red, green, blue) => Math.round(0.299 * red + 0.587 * green + 0.114 * blue)),
  };
}
