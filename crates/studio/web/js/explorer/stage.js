/** The photo: choose a position by mouse, finger or arrow keys; a channel's map is shown over it as a heat map. */
import { urls } from '../api.js';
import { h, icon } from '../dom.js';

const SIDE = 1280;
const STEP = 0.02;
const STRIDE = 0.1;

/** Create the stage. `look(x, y)` is called for a chosen position, 0 to 1. */
export function stage(look) {
  const photo = h('img', { alt: '', draggable: false });
  const heat = h('img', { class: 'stage-heat', alt: '', draggable: false, hidden: true });
  const cross = h('span', { class: 'stage-cross', 'aria-hidden': 'true', hidden: true });
  const frame = h('div', {
    class: 'stage-frame', tabindex: 0, role: 'button', 'aria-label': 'Photo: choose a position', 'aria-describedby': 'stage-keys',
  }, photo, heat, cross);
  const toggle = h('button', { class: 'button small stage-toggle', type: 'button', hidden: true, 'aria-pressed': 'true' }, icon('eye'), 'Heat map');
  const element = h('div', { class: 'stage' }, frame, toggle,
    h('p', { class: 'visually-hidden', id: 'stage-keys' }, 'Arrow keys move the cross, in larger steps with Shift. Enter chooses the position.'));
  let position = null;

  function move(x, y) {
    position = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
    cross.hidden = false;
    cross.style.setProperty('left', `${position.x * 100}%`);
    cross.style.setProperty('top', `${position.y * 100}%`);
  }

  frame.addEventListener('click', (event) => {
    const { left, top, width, height } = frame.getBoundingClientRect();
    move((event.clientX - left) / width, (event.clientY - top) / height);
    look(position.x, position.y);
  });
  frame.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? STRIDE : STEP;
    const { x, y } = position ?? { x: 0.5, y: 0.5 };
    const keys = {
      ArrowLeft: () => move(x - step, y), ArrowRight: () => move(x + step, y),
      ArrowUp: () => move(x, y - step), ArrowDown: () => move(x, y + step),
      Enter: () => { move(x, y); look(position.x, position.y); },
      ' ': () => { move(x, y); look(position.x, position.y); },
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  toggle.addEventListener('click', () => {
    const on = toggle.getAttribute('aria-pressed') !== 'true';
    toggle.setAttribute('aria-pressed', String(on));
    heat.classList.toggle('off', !on);
  });

  /** Show a picture. */
  function show(picture) {
    frame.style.setProperty('--ratio', picture.width / picture.height);
    photo.src = urls.view(picture.id, SIDE);
    cross.hidden = true;
    position = null;
  }

  /** Show a heat map over the photo; null removes it. */
  function lay(address) {
    heat.hidden = toggle.hidden = !address;
    if (address) heat.src = address;
    else heat.removeAttribute('src');
  }

  return { element, show, lay, move };
}
