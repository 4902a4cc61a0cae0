// Takes pictures for a class with the camera, several a second.

import { h, icon, iconButton, uniqueId } from '../dom.js';
import { t } from '../messages.js';
import { createCamera } from './camera.js';

/** Milliseconds between two pictures. */
const PAUSE = 165;
const SHOWN = 8;

/** Opens the dialog. `take(file)` gets each picture. */
export function openBurst(name, take) {
  const id = uniqueId('burst');
  const camera = createCamera(t('train.camera.sees'));
  const count = h('p', { class: 'burst-count', role: 'status' }, t('train.burst.none'));
  const taken = h('ul', { class: 'burst-taken', 'aria-hidden': 'true' });
  const label = h('span', null, t('train.burst.hold'));
  const button = h('button', { type: 'button', class: 'button primary burst-button', disabled: true }, icon('camera'), label);
  const again = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => begin() }, icon('refresh'), t('common.tryAgain'));
  const dialog = h('dialog', { class: 'dialog burst', 'aria-labelledby': id },
    h('header', null, h('h2', { id }, t('train.burst.title', { name })), iconButton('close', t('common.close'), () => dialog.close(), { class: 'button icon ghost' })),
    camera.element, taken, count,
    h('p', { class: 'dim small' }, t('train.burst.about')),
    h('footer', null, again, button, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('common.done'))));
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
    else count.firstChild.data = t('train.picture', { n: number });
  }

  const say = () => { count.textContent = t('train.burst.taken', { n: number }); };

  function hold() {
    if (timer || button.disabled) return;
    count.setAttribute('aria-live', 'off');
    button.classList.add('is-held');
    label.textContent = t('train.burst.taking');
    timer = setInterval(shoot, PAUSE);
    shoot();
  }

  function release() {
    if (!timer) return;
    clearInterval(timer);
    timer = null;
    button.classList.remove('is-held');
    label.textContent = t('train.burst.hold');
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
