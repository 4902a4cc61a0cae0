// While it is said how to bring a picture, the stage shows what it is all about: a dream of the picture that is there.

import { h } from '../dom.js';
import { urls } from '../api.js';
import { nameOf } from './session.js';

/** Its longer side in pixels: large enough to marvel at, small enough to be there soon. */
const SIDE = 448;

/** Makes the element. The session's `foretaste` says what it shows. */
export function createForetaste(session, previews) {
  const image = h('img', { class: 'foretaste', alt: '', hidden: true });
  let wanted = null;

  session.watch(['welcome', 'photo', 'look'], async ({ welcome, photo, look, dream, job }, changed) => {
    // What was asked for before is dropped then.
    if (changed.includes('photo')) wanted = null;
    const src = welcome && photo && !dream && !job ? urls.preview(photo.id, look, SIDE) : null;
    if (src === wanted) return;
    wanted = src;
    const loaded = src && await previews.load(src, { first: true, alone: true });
    if (src !== wanted) return;
    image.hidden = !loaded;
    if (loaded) image.src = src;
    session.update({ foretaste: loaded ? nameOf(look) : null });
  });
  return image;
}
