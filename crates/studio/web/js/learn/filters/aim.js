// A picture on which a cell is chosen: by pointer, or by the arrow keys.

import { h } from '../../dom.js';

const LEAP = 5;

/**
 * Creates the frame around `children`. `point(across, down)` is called with the shares of the width and height where it is touched,
 * `move(across, down)` with the cells that an arrow key goes, more with Shift. Without `label` it takes no keys.
 */
export function aim({ label = null, role = null, point, move }, ...children) {
  const keys = label ? { role: 'application', tabIndex: 0, 'aria-label': label, 'aria-roledescription': role, onkeydown: press } : {};
  const element = h('div', { class: 'filters-frame', ...keys, onpointerdown: grab }, children);

  function press(event) {
    const step = event.shiftKey ? LEAP : 1;
    const steps = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!steps || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(...steps);
  }

  function follow(event) {
    const { left, top, width, height } = element.getBoundingClientRect();
    point((event.clientX - left) / width, (event.clientY - top) / height);
  }

  function grab(event) {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    follow(event);
    element.addEventListener('pointermove', follow);
    element.addEventListener('lostpointercapture', () => element.removeEventListener('pointermove', follow), { once: true });
  }

  return element;
}
