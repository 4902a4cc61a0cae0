// What a network says in each place of a plot.

import { parts } from './canvas.js';
import { activations, largest, softmax } from './network.js';

/** Cells across and up. */
export const CELLS = 40;
/** How opaque the map is where the network is not sure, and how much more where it is, of 255. */
const [UNSURE, SURE] = [20, 110];

/** The values of all neurons in all cells of a plot, inputs first, row by row from the top; probabilities in the last layer. */
export function fieldsOf(network, { left, right, bottom, top }, scales) {
  const fields = [scales.length, ...network.map(({ bias }) => bias.length)].map((size) => Array.from({ length: size }, () => new Float32Array(CELLS * CELLS)));
  for (let cell = 0; cell < CELLS * CELLS; cell += 1) {
    const across = left + (((cell % CELLS) + 0.5) / CELLS) * (right - left);
    const up = top - ((Math.floor(cell / CELLS) + 0.5) / CELLS) * (top - bottom);
    const inputs = [across, up].map((value, at) => (value - scales[at].mean) / scales[at].deviation);
    const layers = [inputs, ...activations(network, inputs)];
    layers.push(softmax(layers.pop()));
    layers.forEach((values, layer) => values.forEach((value, at) => { fields[layer][at][cell] = value; }));
  }
  return fields;
}

/** Paints the answers: the colour of the likeliest kind, the stronger the surer. */
export function paintMap(canvas, chances, kinds) {
  const image = new ImageData(CELLS, CELLS);
  const inks = kinds.map((kind) => parts(`--${kind}`));
  for (let cell = 0; cell < CELLS * CELLS; cell += 1) {
    const own = chances.map((field) => field[cell]);
    const best = largest(own);
    const sure = (own[best] - 1 / kinds.length) / (1 - 1 / kinds.length);
    image.data.set([...inks[best], UNSURE + sure * SURE], cell * 4);
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}
