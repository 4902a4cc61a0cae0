// Loads pictures for drawing.

/** Loads and decodes a picture. */
export async function loadPicture(src) {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}

const SIDES = [640, 1280, 2048];

/** The smallest side, in pixels, that looks sharp in an element. */
export function sideFor(element) {
  const wanted = Math.max(element.clientWidth, element.clientHeight) * Math.min(devicePixelRatio, 2);
  return SIDES.find((side) => side >= wanted) ?? SIDES.at(-1);
}
