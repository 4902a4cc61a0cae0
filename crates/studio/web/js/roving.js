/** One stop for the Tab key in a list or grid; arrow keys, Home and End lead from item to item. */

const STOPS = 'a, button';

const stopsOf = (item) => (item.matches(STOPS) ? [item] : [...item.querySelectorAll(STOPS)]);
const tabbable = (item, yes) => { for (const stop of stopsOf(item)) stop.tabIndex = yes ? 0 : -1; };

/** Let the children of a container be walked through. Call `update(item)` after they have changed: that one, or the one
 *  that was current, or the first, is where Tab arrives. */
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

/** The item that a key leads to, or null. */
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

/** The item of the next row in a direction whose middle is nearest. */
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
