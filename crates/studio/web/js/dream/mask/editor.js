// The mask editor: a brush over the stage, and a layer for each look.

import { h, isCovered, isTyping, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { createLayerList } from './list.js';
import { layersOf, placesOf } from './places.js';
import { createTools } from './tools.js';

/** Adds the editor to the view; it is shown while the session's `painting` is true. */
export function createMaskEditor(view, frame, session, { api, catalogue }) {
  const canvas = h('canvas', { class: 'mask', 'aria-label': t('dream.mask.canvas'), role: 'img', tabIndex: -1, hidden: true });
  const ring = h('div', { class: 'brush-ring', hidden: true });
  frame.append(canvas, ring);

  const editor = {
    layers: [],
    chosen: 0,
    onlyRegions: false,
    brush: { size: 12, softness: 0.6, erase: false },
    get layer() { return editor.layers[editor.chosen]; },
    change(act) {
      act(editor.layer);
      draw();
    },
    setBrush(patch) {
      Object.assign(editor.brush, patch);
      draw();
    },
    draw: () => draw(),
    done, cancel,
  };
  const tools = createTools(editor);
  const list = createLayerList(editor, session, catalogue);
  view.append(tools.element, list.element);

  session.watch(['painting'], async ({ painting, photo, places, layers }) => {
    view.classList.toggle('is-painting', painting);
    for (const part of [canvas, tools.element, list.element]) part.hidden = !painting;
    if (!painting) return;
    try {
      editor.layers = layers.length ? layers : await layersOf(photo, places);
    } catch {
      editor.layers = await layersOf(photo, {});
    }
    editor.chosen = 0;
    editor.onlyRegions = Boolean(places.only_regions);
    canvas.width = editor.layer.canvas.width;
    canvas.height = editor.layer.canvas.height;
    draw();
    tools.focus();
  });

  let asked = false;
  function draw() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (!session.painting) return;
      drawLayers(canvas, editor.layers);
      tools.show();
      list.show();
    });
  }

  async function done() {
    try {
      const places = await placesOf(editor.layers, editor.onlyRegions, session.places, api);
      session.setPlace(places);
      session.update({ layers: places.mask || places.regions.length ? editor.layers : [], painting: false });
      document.getElementById('paint-button')?.focus();
    } catch (problem) {
      toastProblem(problem);
    }
  }

  function cancel() {
    session.update({ layers: [], painting: false });
    document.getElementById('paint-button')?.focus();
  }

  /** The position of a pointer in pixels of the canvas. */
  const placeOf = ({ clientX, clientY }) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = canvas.width / width;
    return { x: (clientX - left) * scale, y: (clientY - top) * scale };
  };
  const radius = () => (editor.brush.size / 100) * Math.max(canvas.width, canvas.height) * 0.5;

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !editor.layer) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    let last = placeOf(event);
    const paint = (to) => {
      editor.layer.stroke(last, to, { ...editor.brush, radius: radius() });
      last = to;
      draw();
    };
    editor.layer.remember();
    paint(last);
    const move = (moved) => {
      for (const one of moved.getCoalescedEvents?.() ?? [moved]) paint(placeOf(one));
    };
    canvas.addEventListener('pointermove', move);
    canvas.addEventListener('lostpointercapture', () => canvas.removeEventListener('pointermove', move), { once: true });
  });
  canvas.addEventListener('pointermove', (event) => {
    ring.hidden = event.pointerType === 'touch';
    const { left, top, width } = canvas.getBoundingClientRect();
    setVars(ring, { x: `${event.clientX - left}px`, y: `${event.clientY - top}px`, size: `${(radius() * 2 * width) / canvas.width}px` });
  });
  canvas.addEventListener('pointerleave', () => { ring.hidden = true; });

  addEventListener('keydown', (event) => {
    if (!session.painting || view.closest('.view').hidden || isTyping(event) || isCovered()) return;
    const act = actionOf(event, editor);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf(event, editor) {
  const { brush } = editor;
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'z' && (() => editor.change((layer) => layer.undo()));
  return {
    '[': () => editor.setBrush({ size: Math.max(1, brush.size - 2) }),
    ']': () => editor.setBrush({ size: Math.min(60, brush.size + 2) }),
    e: () => editor.setBrush({ erase: !brush.erase }),
    i: () => editor.change((layer) => layer.invert()),
    Enter: event.target.closest?.('button, summary, select') ? null : editor.done,
    Escape: editor.cancel,
  }[event.key];
}

/** Draws each layer in its own translucent colour. */
function drawLayers(canvas, layers) {
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, canvas.width, canvas.height);
  const tinted = document.createElement('canvas');
  [tinted.width, tinted.height] = [canvas.width, canvas.height];
  const tint = tinted.getContext('2d');
  for (const { canvas: painted, hue } of layers) {
    tint.globalCompositeOperation = 'copy';
    tint.drawImage(painted, 0, 0);
    tint.globalCompositeOperation = 'source-in';
    tint.fillStyle = hue;
    tint.fillRect(0, 0, canvas.width, canvas.height);
    context.globalAlpha = 0.6;
    context.drawImage(tinted, 0, 0);
  }
}
