// The tools of the mask editor.

import { fill, h, icon, iconButton, setVars, uniqueId } from '../../dom.js';
import { t } from '../../messages.js';
import { SHAPES, writeShape } from './shapes.js';

/** Creates the toolbar. */
export function createTools(editor) {
  const paint = tool('brush', t('dream.mask.paint'), t('dream.mask.paintTitle'), false, editor);
  const erase = tool('eraser', t('dream.mask.erase'), t('dream.mask.eraseTitle'), true, editor);
  const size = slider(t('dream.mask.size'), 1, 60, 1, (value) => editor.setBrush({ size: value }));
  const softness = slider(t('dream.mask.softness'), 0, 1, 0.05, (value) => editor.setBrush({ softness: value }));
  const undo = iconButton('undo', t('common.undo'), () => editor.change((layer) => layer.undo()), { class: 'button icon ghost', title: t('dream.bar.undo') });
  const done = h('button', { type: 'button', class: 'button primary', onclick: editor.done }, icon('check'), t('common.done'));
  const element = h('div', { class: 'mask-tools', role: 'toolbar', 'aria-label': t('dream.mask.brush'), hidden: true },
    h('div', { class: 'group' }, paint, erase),
    h('div', { class: 'group sliders' }, size.element, softness.element),
    h('div', { class: 'group' },
      iconButton('invert', t('dream.mask.invert'), () => editor.change((layer) => layer.invert()), { class: 'button icon ghost', title: t('dream.mask.invertTitle') }),
      undo,
      iconButton('trash', t('dream.mask.clear'), () => editor.change((layer) => layer.clear()), { class: 'button icon ghost' }),
      h('button', { type: 'button', class: 'button ghost', onclick: () => askForShape(editor) }, icon('shape'), t('dream.mask.shape'))),
    h('div', { class: 'group end' },
      h('button', { type: 'button', class: 'button ghost', onclick: editor.cancel }, t('common.cancel')), done));
  return {
    element,
    focus: () => paint.focus({ preventScroll: true }),
    show() {
      paint.setAttribute('aria-pressed', String(!editor.brush.erase));
      erase.setAttribute('aria-pressed', String(editor.brush.erase));
      size.show(editor.brush.size);
      softness.show(editor.brush.softness);
      undo.disabled = !editor.layer?.canUndo;
    },
  };
}

function tool(symbol, label, title, isEraser, editor) {
  return iconButton(symbol, label, () => editor.setBrush({ erase: isEraser }), { class: 'button icon ghost', title });
}

function slider(label, min, max, step, set) {
  const id = uniqueId('brush');
  const input = h('input', { type: 'range', class: 'slider', id, min, max, step, oninput: () => set(Number(input.value)) });
  return {
    element: h('div', { class: 'labelled-slider' }, h('label', { htmlFor: id }, label), input),
    show(value) {
      input.value = value;
      setVars(input, { fill: `${((value - min) / (max - min)) * 100}%` });
    },
  };
}

/** Opens the dialog for a shape, which makes masks possible without a pointer. The picture shows a preview of the shape. */
function askForShape(editor) {
  let isShown = false;
  const removePreview = () => {
    if (isShown) editor.change((layer) => layer.undo());
    isShown = false;
  };
  const show = () => {
    removePreview();
    editor.change((layer) => { isShown = layer.setShape(text.value); });
  };
  const fields = h('div', { class: 'shape-fields' });
  const kind = h('select', { id: uniqueId('shape'), onchange: () => draw() }, Object.entries(SHAPES).map(([value, { title }]) => h('option', { value }, title)));
  const text = h('input', { type: 'text', id: uniqueId('shape-text'), spellcheck: false, autocomplete: 'off', oninput: show });
  const write = () => {
    text.value = writeShape(kind.value, [...fields.querySelectorAll('input')].map((input) => input.value));
    show();
  };
  const draw = () => {
    fill(fields, SHAPES[kind.value].parts.map(([name, value]) => {
      const id = uniqueId('part');
      const input = h('input', { type: 'range', class: 'slider', id, min: 0, max: 100, value, oninput: () => { showValue(); write(); } });
      const output = h('output', { class: 'dim small' });
      const showValue = () => {
        setVars(input, { fill: `${input.value}%` });
        output.textContent = t('common.percent', { n: Number(input.value) });
      };
      showValue();
      return h('div', { class: 'labelled-slider' }, h('label', { htmlFor: id }, name), input, output);
    }));
    write();
  };
  const dialog = h('dialog', { class: 'dialog beside', 'aria-labelledby': 'shape-title' },
    h('form', { method: 'dialog', class: 'shape-form', onsubmit: () => { isShown = false; } },
      h('h2', { id: 'shape-title' }, t('dream.mask.shape')),
      h('div', { class: 'field' }, h('label', { htmlFor: kind.id }, t('dream.mask.kind')), kind),
      fields,
      h('div', { class: 'field' }, h('label', { htmlFor: text.id }, t('dream.mask.asText')), text),
      h('footer', null,
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('common.cancel')),
        h('button', { type: 'submit', class: 'button primary' }, t('dream.mask.useShape')))));
  dialog.addEventListener('close', () => {
    removePreview();
    dialog.remove();
  });
  draw();
  document.body.append(dialog);
  dialog.showModal();
}
