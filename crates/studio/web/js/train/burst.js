// Takes pictures for a class with the camera, several a second.

import { h, icon, iconButton, uniqueId } from '../dom.js';
import { createCamera } from './camera.js';
import { many } from './words.js';

/** Milliseconds between two pictures. */
const PAUSE = 165;
const SHOWN = 8;

/** Opens the dialog. `take(file)` gets each picture. */
export function openBurst(name, take) {
  const id = uniqueId('burst');
  const camera = createCamera('What the camera sees');
  const count = h('p', { class: 'burst-count', role: 'status' }, 'No pictures yet');
  const taken = h('ul', { class: 'burst-taken', 'aria-hidden': 'true' });
  const label = h('span', null, 'Hold to take pictures');
  const button = h('button', { type: 'button', class: 'button primary burst-button', disabled: true }, icon('camera'), label);
  const again = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => begin() }, icon('refresh'), 'Try again');
  const dialog = h('dialog', { class: 'dialog burst', 'aria-labelledby': id },
    h('header', null, h('h2', { id }, `Pictures of ${name}`), iconButton('close', 'Close', () => dialog.close(), { class: 'button icon ghost' })),
    camera.element, taken, count,
    h('p', { class: 'dim small' }, 'Move it around while you hold the button: near and far, from all sides, in front of several things.'),
    h('footer', null, again, button, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Done')));
  let timer = null;
  let number = 0;
  let isBusy = false;

  async function shoot() {
    if (isBusy) return;
    isBusy = true;
    const blob = await camera.grab();
    isBusy = false;
    if (!blob) return;
    number += 1;
    take(new File([blob], `camera-${number}.jpg`, { type: blob.type }));
    show(blob);
  }

  function show(blob) {
    const source = URL.createObjectURL(blob);
    taken.prepend(h('li', null, h('img', { src: source, alt: '', onload: () => URL.revokeObjectURL(source) })));
    while (taken.children.length > SHOWN) taken.lastChild.remove();
    if (!timer) say();
    else count.firstChild.data = many(number, 'picture');
  }

  const say = () => { count.textContent = `${many(number, 'picture')} taken`; };

  function hold() {
    if (timer || button.disabled) return;
    count.setAttribute('aria-live', 'off');
    button.classList.add('is-held');
    label.textContent = 'Taking pictures…';
    timer = setInterval(shoot, PAUSE);
    shoot();
  }

  function release() {
    if (!timer) return;
    clearInterval(timer);
    timer = null;
    button.classList.remove('is-held');
    label.textContent = 'Hold to take pictures';
    count.removeAttribute('aria-live');
    say();
  }

  async function begin() {
    again.hidden = true;
    const isOn = await camera.start();
    button.disabled = !isOn;
    again.hidden = isOn;
    if (isOn && dialog.open) button.focus();
  }

  const isHoldKey = ({ key }) => key === ' ' || key === 'Enter';
  button.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    hold();
  });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture', 'blur']) button.addEventListener(end, release);
  button.addEventListener('keydown', (event) => { if (isHoldKey(event)) { event.preventDefault(); hold(); } });
  button.addEventListener('keyup', (event) => { if (isHoldKey(event)) { event.preventDefault(); release(); } });
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  dialog.addEventListener('close', () => {
    release();
    camera.stop();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  begin();
}
