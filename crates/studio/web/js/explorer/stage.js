/** The photo: choose a spot by mouse, finger or arrow keys; the part that a layer sees there is framed, and a channel's map shown as a heat map. */
import { urls } from '../api.js';
import { h, icon } from '../dom.js';
import { t } from '../messages.js';

const SIDE = 1280;
const STEP = 0.02;
const STRIDE = 0.1;

/** Create the stage. `look({ x, y })` is called for a chosen spot, 0 to 1. */
export function stage(look) {
  const photo = h('img', { alt: '', draggable: false });
  const heat = h('img', { class: 'stage-heat', alt: t('explorer.channel.heat'), draggable: false, hidden: true });
  const cross = h('span', { class: 'stage-cross', 'aria-hidden': 'true', hidden: true });
  const field = h('span', { class: 'stage-field', 'aria-hidden': 'true', hidden: true });
  const frame = h('div', {
    class: 'stage-frame', tabindex: 0, role: 'button', 'aria-label': t('explorer.stage.label'), 'aria-describedby': 'stage-keys',
  }, photo, heat, field, cross);
  const toggle = h('button', { class: 'button small stage-toggle', type: 'button', hidden: true, 'aria-pressed': 'true' }, icon('eye'), t('explorer.stage.heat'));
  const element = h('div', { class: 'stage' }, frame, toggle,
    h('p', { class: 'visually-hidden', id: 'stage-keys' }, t('explorer.stage.keys')));
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
    look(position);
  });
  frame.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? STRIDE : STEP;
    const { x, y } = position ?? { x: 0.5, y: 0.5 };
    const keys = {
      ArrowLeft: () => move(x - step, y), ArrowRight: () => move(x + step, y),
      ArrowUp: () => move(x, y - step), ArrowDown: () => move(x, y + step),
      Enter: () => { move(x, y); look(position); },
      ' ': () => { move(x, y); look(position); },
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
    spot(null);
  }

  /** Show a spot; null removes it. */
  function spot(at) {
    cross.hidden = !at;
    position = at;
    if (at) move(at.x, at.y);
    else see(null);
  }

  /** Frame the part of the photo that a layer sees: { x, y, width, height }, parts of the photo's sides. Null removes the frame. */
  function see(part) {
    field.hidden = !part;
    if (!part) return;
    for (const [side, name] of [['left', 'x'], ['top', 'y'], ['width', 'width'], ['height', 'height']]) field.style.setProperty(side, `${part[name] * 100}%`);
  }

  /** Show a heat map over the photo; null removes it. */
  function lay(address) {
    heat.hidden = toggle.hidden = !address;
    if (address) heat.src = address;
    else heat.removeAttribute('src');
  }

  return { element, show, lay, spot, see };
}
