/** The grid of tiles: justified rows, arrow keys between the tiles, and more dreams loaded at the end. */
import { h } from '../dom.js';
import { t } from '../messages.js';
import { roving } from '../roving.js';
import { justify } from './layout.js';
import { tile } from './tile.js';

const GAP = 6;
const AHEAD = '1200px';
const rowHeightFor = (width) => (width < 600 ? 150 : width < 1800 ? 230 : 300);

/** Create the grid of a DreamList in the scrolling element. `actions`: star(dream), more(), query(). */
export function grid(list, scroller, actions) {
  const element = h('ul', { class: 'gallery-grid', 'aria-label': t('gallery.list') });
  const end = h('div', { class: 'gallery-end', 'aria-hidden': 'true' });
  const walk = roving(element);
  const tiles = new Map();
  let width = 0;

  const tileOf = (dream) => {
    if (!tiles.has(dream.id)) tiles.set(dream.id, tile(dream, { query: actions.query(), star: actions.star }));
    return tiles.get(dream.id);
  };

  /** Lay out all tiles; existing tiles keep their element. */
  function layOut() {
    if (!width) return;
    const sizes = justify(list.dreams, { width, gap: GAP, rowHeight: rowHeightFor(width), open: Boolean(list.next) });
    const shown = list.dreams.slice(0, sizes.length).map(tileOf);
    shown.forEach(({ element: item, update }, i) => {
      item.style.setProperty('width', `${sizes[i].width}px`);
      item.style.setProperty('height', `${sizes[i].height}px`);
      if (element.children[i] !== item) element.insertBefore(item, element.children[i] ?? null);
      update();
    });
    while (element.children.length > shown.length) element.lastChild.remove();
    walk.update();
    nearEnd.unobserve(end);
    nearEnd.observe(end);
  }

  /** Remove all tiles, for another query. */
  function clear() {
    tiles.clear();
    element.replaceChildren();
  }

  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now === width || now === 0) return;
    width = now;
    layOut();
  }).observe(element);

  const nearEnd = new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting && list.next) actions.more();
  }, { root: scroller, rootMargin: AHEAD });

  /** Focus the tile of a dream; returns false if there is none. */
  function focus(id) {
    const found = tiles.get(id);
    if (!found?.element.isConnected) return false;
    found.element.scrollIntoView({ block: 'nearest' });
    found.link.focus({ preventScroll: true });
    return true;
  }

  return { element, end, layOut, clear, focus };
}
