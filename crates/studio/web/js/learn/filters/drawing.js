// Draws maps into canvases.

/** The colours of negative and positive values, as in the kernels. */
const BELOW = [64, 140, 255];
const ABOVE = [255, 166, 64];

function draw(canvas, { width, height, values }, paint) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = new ImageData(Math.max(1, width), Math.max(1, height));
  for (let at = 0; at < values.length; at += 1) paint(image.data, 4 * at, at);
  canvas.getContext('2d').putImageData(image, 0, 0);
}

/** Draws a photo's maps, or what a filter made of them. Values below 0 are drawn as 0, values above 255 as 255. */
export function drawColours(canvas, { red, green, blue }) {
  draw(canvas, red, (data, to, at) => {
    data[to] = red.values[at];
    data[to + 1] = green.values[at];
    data[to + 2] = blue.values[at];
    data[to + 3] = 255;
  });
}

/** Of all values without their sign, the one that only one in fifty exceeds: it is drawn in full colour. */
export function strong({ values }) {
  const sizes = values.map(Math.abs).sort();
  return sizes[Math.floor(0.98 * (sizes.length - 1))] || 1;
}

/** The colour of a value, [red, green, blue]: black at 0, blue below, orange above, full from `most` on. */
function colourOf(value, most) {
  const share = Math.min(1, Math.abs(value) / most);
  return (value < 0 ? BELOW : ABOVE).map((full) => full * share);
}

/** Draws a map whose values may be negative. */
export function drawSigned(canvas, map, most) {
  draw(canvas, map, (data, to, at) => {
    data.set(colourOf(map.values[at], most), to);
    data[to + 3] = 255;
  });
}

/**
 * Draws a kernel that sees three colours, { rows, columns, numbers: [rows][columns][3] }, as a picture: grey at 0, brighter above and
 * darker below in each colour; the farthest number is full.
 */
export function drawKernel(canvas, { rows, columns, numbers }) {
  const most = Math.max(...numbers.map(Math.abs)) || 1;
  draw(canvas, { width: columns, height: rows, values: numbers.slice(0, rows * columns) }, (data, to, at) => {
    for (let colour = 0; colour < 3; colour += 1) data[to + colour] = 127.5 + (127.5 * numbers[3 * at + colour]) / most;
    data[to + 3] = 255;
  });
}
