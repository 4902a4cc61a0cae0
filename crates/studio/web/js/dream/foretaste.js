// While it is said how to bring a picture, the stage shows what it is all about: a dream of the picture that is there.

import { h } from '../dom.js';
import { urls } from '../api.js';
import { loadPicture } from './pictures.js';
import { nameOf } from './session.js';

/** The largest side of a dream that the studio makes at once, in pixels. */
const SIDE = 512;

/** Makes the element. The session's `foretaste` says what it shows. */
export function createForetaste(session) {
  const image = h('img', { class: 'foretaste', alt: '', hidden: true });
  let wanted = null;

  session.watch(['welcome', 'photo', 'look'], async ({ welcome, photo, look, dream, job }) => {
    const src = welcome && photo && !dream && !job ? urls.preview(photo.id, look, SIDE) : null;
    if (src === wanted) return;
    wanted = src;
    const loaded = src && await loadPicture(src).catch(() => null);
    if (src !== wanted) return;
    image.hidden = !loaded;
    if (loaded) image.src = src;
    session.update({ foretaste: loaded ? nameOf(look) : null });
  });
  return image;
}
