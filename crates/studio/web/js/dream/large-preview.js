// While the welcome card is shown, the stage shows a large preview of the current picture.

import { h } from '../dom.js';
import { urls } from '../api.js';
import { nameOf } from './session.js';

/** Longer side of the preview in pixels: small enough to be ready soon. */
const SIDE = 448;
const NAME = 'large-preview';

/** Creates the element. The session's `largePreview` is the name of the look that it shows. */
export function createLargePreview(session, previews) {
  const image = h('img', { class: 'large-preview', alt: '', hidden: true });
  let wanted = null;

  const show = (src, look) => {
    image.hidden = !src;
    if (src) image.src = src;
    session.update({ largePreview: src && nameOf(look) });
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
