// While it is said how to bring a picture, the stage shows what it is all about: a dream of the picture that is there.

import { h } from '../dom.js';
import { urls } from '../api.js';
import { nameOf } from './session.js';

/** Its longer side in pixels: large enough to marvel at, small enough to be there soon. */
const SIDE = 448;
const NAME = 'foretaste';

/** Makes the element. The session's `foretaste` says what it shows. */
export function createForetaste(session, previews) {
  const image = h('img', { class: 'foretaste', alt: '', hidden: true });
  let wanted = null;

  const show = (src, look) => {
    image.hidden = !src;
    if (src) image.src = src;
    session.update({ foretaste: src && nameOf(look) });
  };

  session.watch(['welcome', 'painting', 'photo', 'look', 'places', 'dream', 'job'], async (now, changed) => {
    const { photo, look, places } = now;
    const src = now.welcome && photo && !now.painting && !now.dream && !now.job ? urls.preview(photo.id, look, SIDE, places) : null;
    const isAnother = changed.includes('photo');
    if (src === wanted && !isAnother) return;
    wanted = src;
    if (!src || isAnother) show(null);
    if (!src) {
      previews.drop(NAME);
      return;
    }
    const loaded = await previews.load(src, { name: NAME, first: true, alone: true });
    if (loaded && src === wanted) show(src, look);
  });
  return image;
}
