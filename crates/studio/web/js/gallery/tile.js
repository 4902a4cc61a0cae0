/** One dream in the grid: the picture; name, filter and date when one points at it; a star. */
import { urls } from '../api.js';
import { h } from '../dom.js';
import { galleryPath } from './query.js';
import { starButton } from './star.js';
import { day, lookName } from './told.js';

const THUMBNAIL = 320;

/** Make a tile. `star(dream)` is called by it; `update()` shows what has changed. */
export function tile(dream, { query, star }) {
  const image = h('img', {
    loading: 'lazy', decoding: 'async', src: urls.dream(dream.id, THUMBNAIL), alt: '',
    width: dream.width, height: dream.height,
  });
  image.addEventListener('load', () => image.classList.add('loaded'), { once: true });
  const name = h('span', { class: 'tile-name' });
  const link = h('a', { class: 'tile-link', href: galleryPath(query, dream.id) }, image,
    h('span', { class: 'tile-caption', 'aria-hidden': 'true' }, name, h('span', { class: 'tile-meta' }, `${lookName(dream)} · ${day(dream.created)}`)));
  const button = starButton('tile-star', () => star(dream));
  const element = h('li', { class: 'tile' }, link, button.element);

  const update = () => {
    name.textContent = dream.name;
    link.setAttribute('aria-label', `${dream.name}, ${lookName(dream)}, ${day(dream.created)}`);
    button.set(dream.favourite);
  };
  update();
  return { element, link, update };
}
