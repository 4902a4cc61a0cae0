// Where a picture has specks: pixels that are lighter than all their neighbours, or darker.

/** The distance of the places that are tried, in pixels. */
const STRIDE = 8;
/** The weight of the other picture's specks: where it has many itself, those of the picture do not stand out. */
const OTHER = 1.5;

/**
 * The place { x, y } of a window of this size where the specks of a picture stand out most against another picture. Both are ImageData of
 * one size. A speck counts by the smallest difference of its green value from those of its four neighbours.
 */
export function speckled(picture, other, width, height) {
  const sums = sumsOf(picture, other);
  const across = picture.width + 1;
  let best = { x: 0, y: 0, most: -Infinity };
  for (let y = 0; y + height <= picture.height; y += STRIDE) {
    for (let x = 0; x + width <= picture.width; x += STRIDE) {
      const most = sums[(y + height) * across + x + width] - sums[y * across + x + width] - sums[(y + height) * across + x] + sums[y * across + x];
      if (most > best.most) best = { x, y, most };
    }
  }
  return { x: best.x, y: best.y };
}

/** The differences in specks, summed over all rectangles that begin at the upper left corner. */
function sumsOf(picture, other) {
  const { width, height } = picture;
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let row = 0;
    for (let x = 0; x < width; x += 1) {
      row += speck(picture, x, y) - OTHER * speck(other, x, y);
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  return sums;
}

function speck({ data, width, height }, x, y) {
  if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return 0;
  const green = (dx, dy) => data[((y + dy) * width + x + dx) * 4 + 1];
  const above = [[-1, 0], [1, 0], [0, -1], [0, 1]].map(([dx, dy]) => green(0, 0) - green(dx, dy));
  return Math.max(0, Math.min(...above), -Math.max(...above));
}
