// A magnifier over two pictures of the same place: their pixels, large. The pointer or the arrow keys move it.

import { h, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { speckled } from './specks.js';

/** The magnified part, in pixels of the picture. */
const WIDTH = 96;
const HEIGHT = 64;
const ZOOM = 5;
/** Pixels that an arrow key moves it. */
const STEP = 4;

/** The magnifier: { views: the canvases, show(images), forget() }; `frames` hold the pictures, `labels` name them. */
export function magnifier(frames, labels) {
  let images = [];
  let place = null;
  const views = labels.map((label) => h('canvas', {
    class: 'loop-magnified', width: WIDTH * ZOOM, height: HEIGHT * ZOOM, role: 'img', 'aria-label': t('learn.loop.compare.magnified', { label }),
  }));
  const lenses = frames.map((frame, side) => {
    const lens = h('button', {
      type: 'button', class: 'loop-lens', hidden: true, 'aria-label': t('learn.loop.compare.lens', { label: labels[side] }), onkeydown: press,
    });
    frame.append(lens);
    frame.addEventListener('pointerdown', grab);
    return lens;
  });

  function move(x, y) {
    const [{ naturalWidth, naturalHeight }] = images;
    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), Math.max(most, 0)));
    place = { x: within(x, naturalWidth - WIDTH), y: within(y, naturalHeight - HEIGHT) };
    draw();
  }

  function draw() {
    const [{ naturalWidth, naturalHeight }] = images;
    lenses.forEach((lens) => {
      lens.hidden = false;
      setVars(lens, { x: place.x / naturalWidth, y: place.y / naturalHeight, w: WIDTH / naturalWidth, h: HEIGHT / naturalHeight });
    });
    views.forEach((view, side) => {
      const context = view.getContext('2d');
      context.imageSmoothingEnabled = false;
      context.drawImage(images[side], place.x, place.y, WIDTH, HEIGHT, 0, 0, view.width, view.height);
    });
  }

  function press(event) {
    const [x, y] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [];
    if (x === undefined || !place) return;
    event.preventDefault();
    move(place.x + x, place.y + y);
  }

  function grab(event) {
    if (event.button !== 0 || !images.length) return;
    event.preventDefault();
    const frame = event.currentTarget;
    frame.setPointerCapture(event.pointerId);
    const follow = ({ clientX, clientY }) => {
      const { left, top, width, height } = frame.getBoundingClientRect();
      move((clientX - left) / width * images[0].naturalWidth - WIDTH / 2, (clientY - top) / height * images[0].naturalHeight - HEIGHT / 2);
    };
    follow(event);
    frame.addEventListener('pointermove', follow);
    frame.addEventListener('lostpointercapture', () => frame.removeEventListener('pointermove', follow), { once: true });
  }

  let moved = false;
  frames.forEach((frame) => ['pointerdown', 'keydown'].forEach((kind) => frame.addEventListener(kind, () => { moved = true; })));

  return {
    views,
    /** Shows other pictures; until a person has moved it, it lies where the second has more specks than the first. */
    show(next) {
      images = next;
      if (!moved) place = speckled(pixels(images[1]), pixels(images[0]), WIDTH, HEIGHT);
      draw();
    },
    forget() { moved = false; },
  };
}

function pixels(image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height);
}
