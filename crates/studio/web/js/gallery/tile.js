/** A dream in the grid: the picture, its name, filter and date on hover, and a star. */
import { urls } from '../api.js';
import { h } from '../dom.js';
import { galleryPath } from './query.js';
import { starButton } from './star.js';
import { day, lookName } from './describe.js';

/** The side of a thumbnail in pixels, for this screen. */
const thumbnailSide = () => (devicePixelRatio > 1.5 || innerWidth > 1800 ? 640 : 320);

/** Create a tile. It calls `star(dream)`; `update()` shows changes of the dream. */
export function tile(dream, { query, star }) {
  const image = h('img', {
    loading: 'lazy', decoding: 'async', src: urls.dream(dream.id, thumbnailSide()), alt: '',
    width: dream.width, height: dream.height,
  });
  image.addEventListener('load', () => image.classList.add('loaded'), { once: true });
  const name = h('span', { class: 'tile-name' });
  const link = h('a', { class: 'tile-link', href: galleryPath(query, dream.id) }, image,
    h('span', { class: 'tile-caption' }, name, ' ', h('span', { class: 'tile-meta' }, `${lookName(dream)} · ${day(dream.created)}`)));
  const button = starButton('tile-star', () => star(dream));
  const element = h('li', { class: 'tile' }, link, button.element);

  const update = () => {
    name.textContent = dream.name;
    button.set(dream.favourite);
  };
  update();
  return { element, link, update };
}
