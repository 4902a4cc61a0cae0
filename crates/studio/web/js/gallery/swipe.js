/** Swiping with a finger: the element follows it and is released to the left or right. */

const BEGIN = 12;
const FAR = 60;

/** Make an element swipeable. `begun()` is called when a touch becomes a swipe; `swiped(step)` with 1 for left, -1 for right. */
export function swipes(element, { begun, swiped }) {
  let start = null;
  let swiping = false;

  const follow = (by) => element.style.setProperty('translate', by ? `${by}px` : '');

  element.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary) return;
    start = event.pointerType === 'touch' ? { x: event.clientX, y: event.clientY } : null;
    swiping = false;
  });
  element.addEventListener('pointermove', (event) => {
    if (!start || !event.isPrimary) return;
    const [x, y] = [event.clientX - start.x, event.clientY - start.y];
    if (!swiping && (Math.abs(x) < BEGIN || Math.abs(x) < Math.abs(y))) return;
    if (!swiping) begun();
    swiping = true;
    follow(x);
  });
  const end = (event) => {
    if (!start || !event.isPrimary) return;
    const by = event.clientX - start.x;
    start = null;
    follow(0);
    if (swiping && event.type === 'pointerup' && Math.abs(by) > FAR) swiped(by < 0 ? 1 : -1);
  };
  element.addEventListener('pointerup', end);
  element.addEventListener('pointercancel', end);
}
