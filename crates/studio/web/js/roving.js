/** Roving tabindex: Tab stops once in a list or grid; arrow keys, Home and End move between its items. */

const STOPS = 'a, button';

const stopsOf = (item) => (item.matches(STOPS) ? [item] : [...item.querySelectorAll(STOPS)]);
const tabbable = (item, yes) => { for (const stop of stopsOf(item)) stop.tabIndex = yes ? 0 : -1; };

/** Add keyboard navigation to the children of a container. Call `update(item)` after they have changed: Tab then stops at
 *  that item, or else at the current or the first one. */
export function roving(container) {
  let current = null;

  function update(item) {
    const next = item ?? (current?.parentElement === container ? current : container.firstElementChild);
    for (const one of container.children) tabbable(one, one === next);
    current = next;
  }
  const itemOf = (target) => [...container.children].find((one) => one.contains(target)) ?? null;

  container.addEventListener('focusin', (event) => {
    const item = itemOf(event.target);
    if (!item || item === current) return;
    if (current?.isConnected) tabbable(current, false);
    tabbable(item, true);
    current = item;
  });
  container.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = neighbour(container, itemOf(event.target), event.key);
    if (!target) return;
    event.preventDefault();
    stopsOf(target)[0].focus();
  });
  return { update };
}

/** The item that a key moves to, or null. */
function neighbour(container, item, key) {
  if (!item) return null;
  const along = {
    ArrowLeft: item.previousElementSibling, ArrowRight: item.nextElementSibling,
    Home: container.firstElementChild, End: container.lastElementChild,
  };
  if (key in along) return along[key];
  if (key === 'ArrowUp') return nearestInRow(item, 'previousElementSibling');
  if (key === 'ArrowDown') return nearestInRow(item, 'nextElementSibling');
  return null;
}

/** The horizontally nearest item of the next row in a direction. */
function nearestInRow(item, step) {
  const middle = (one) => one.offsetLeft + one.offsetWidth / 2;
  const away = (one) => Math.abs(middle(one) - middle(item));
  let best = null;
  for (let one = item[step]; one; one = one[step]) {
    if (one.offsetTop === item.offsetTop) continue;
    if (best && one.offsetTop !== best.offsetTop) break;
    if (!best || away(one) < away(best)) best = one;
  }
  return best;
}
