/** A justified layout: uncropped pictures in rows that fill the width, with sizes known before loading. */

const NARROWEST = 0.5;
const WIDEST = 3;

/** The sizes of pictures in rows: [{ width, height }] in their order.
 *  With `open`, more pictures may follow, and the last row is left out unless it is full. */
export function justify(pictures, { width, gap, rowHeight, open }) {
  const sizes = [];
  let row = [];
  let ratios = 0;
  for (const picture of pictures) {
    const ratio = Math.min(WIDEST, Math.max(NARROWEST, picture.width / picture.height));
    row.push(ratio);
    ratios += ratio;
    const space = width - gap * (row.length - 1);
    if (ratios * rowHeight < space) continue;
    sizes.push(...fill(row, space, Math.floor(space / ratios)));
    row = [];
    ratios = 0;
  }
  if (!open) sizes.push(...row.map((ratio) => ({ width: Math.floor(ratio * rowHeight), height: rowHeight })));
  return sizes;
}

/** Rounds a row to whole pixels; the last picture gets the rest. */
function fill(ratios, space, height) {
  const widths = ratios.map((ratio) => Math.floor(ratio * height));
  widths[widths.length - 1] += Math.floor(space) - widths.reduce((sum, one) => sum + one, 0);
  return widths.map((width) => ({ width, height }));
}
