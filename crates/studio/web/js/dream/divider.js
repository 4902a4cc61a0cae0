// The divider between photo and dream.

import { h, icon, setVars } from '../dom.js';
import { t } from '../messages.js';

const STEP = 0.02;
const LEAP = 0.1;

/** Creates the divider; the photo is on its left. */
export function createDivider() {
  let place = 0;
  let frame;
  const handle = h('div', {
    class: 'divider', role: 'slider', tabIndex: 0, hidden: true,
    'aria-label': t('dream.divider.label'), 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-orientation': 'horizontal',
    onpointerdown: grab, onkeydown: press, ondblclick: () => move(place > 0.02 ? 0 : 0.5),
  }, h('span', { class: 'grip' }, icon('compare')));

  function move(to) {
    place = Math.min(Math.max(to, 0), 1);
    setVars(frame, { divide: `${place * 100}%` });
    handle.setAttribute('aria-valuenow', Math.round(place * 100));
    handle.setAttribute('aria-valuetext', t('dream.divider.value', { photo: Math.round(place * 100), dream: 100 - Math.round(place * 100) }));
  }

  function grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const drag = ({ clientX }) => {
      const { left, width } = frame.getBoundingClientRect();
      move((clientX - left) / width);
    };
    handle.addEventListener('pointermove', drag);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', drag), { once: true });
  }

  function press(event) {
    const to = {
      ArrowLeft: place - STEP, ArrowDown: place - STEP, ArrowRight: place + STEP, ArrowUp: place + STEP,
      PageDown: place - LEAP, PageUp: place + LEAP, Home: 0, End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  }

  return {
    element: handle,
    get isShown() { return !handle.hidden; },
    over(element) { frame = element; move(0); },
    show() { handle.hidden = false; move(0); },
    hide() { handle.hidden = true; },
  };
}
