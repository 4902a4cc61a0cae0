// The list of mask layers: that of the chosen filter, and regions with other filters.

import { fill, h, icon, iconButton, setVars } from '../../dom.js';
import { HUES, MaskLayer } from './layer.js';
import { nameOf } from '../session.js';

/** Creates the list. */
export function createLayerList(editor, session, catalogue) {
  const rows = h('div', { class: 'mask-rows', role: 'radiogroup', 'aria-label': 'Layers to paint' });
  const only = h('input', { type: 'checkbox', onchange: () => { editor.onlyRegions = only.checked; } });
  const rest = h('label', { class: 'check' }, only, 'Keep the rest unchanged');
  const element = h('aside', { class: 'mask-list', 'aria-label': 'Mask', hidden: true },
    h('h2', null, 'Mask'),
    h('p', { class: 'dim small' }, 'Paint where the dream should grow. Unpainted parts stay unchanged; if nothing is painted, the dream grows everywhere.'),
    rows,
    h('button', { type: 'button', class: 'button small', onclick: addRegion }, icon('plus'), 'Region with another filter'),
    rest);
  let drawn = '';

  function addRegion() {
    const used = editor.layers.map(({ look }) => look ?? session.look.preset);
    const { name } = catalogue.presets.find((preset) => !used.includes(preset.name)) ?? catalogue.presets[0];
    editor.layers = [...editor.layers, new MaskLayer(session.photo, name, HUES[editor.layers.length % HUES.length])];
    editor.chosen = editor.layers.length - 1;
    editor.draw();
  }

  function remove(layer) {
    editor.layers = editor.layers.filter((other) => other !== layer);
    editor.chosen = Math.min(editor.chosen, editor.layers.length - 1);
    editor.draw();
  }

  function row(layer, at) {
    const input = h('input', { type: 'radio', name: 'mask-layer', value: String(at), 'aria-label': `Paint ${layer.look ?? nameOf(session.look)}`, onchange: () => { editor.chosen = at; editor.draw(); } });
    const swatch = h('span', { class: 'swatch' });
    setVars(swatch, { hue: layer.hue });
    if (!layer.look) return h('div', { class: 'mask-row' }, h('label', null, input, swatch, h('span', null, nameOf(session.look), h('span', { class: 'dim small' }, 'the chosen filter'))));
    const known = catalogue.presets.some(({ name }) => name === layer.look);
    const look = h('select', { 'aria-label': `Filter of region ${at}`, onchange: () => { layer.look = look.value; } },
      !known && h('option', { value: layer.look }, layer.look),
      catalogue.presets.map(({ name }) => h('option', { value: name }, name)));
    look.value = layer.look;
    return h('div', { class: 'mask-row' }, h('label', null, input, swatch), look,
      iconButton('trash', `Remove region ${at}`, () => remove(layer), { class: 'button icon ghost small' }));
  }

  return {
    element,
    show() {
      const now = editor.layers.map(({ look, hue }) => `${look}${hue}`).join();
      if (now !== drawn) {
        fill(rows, editor.layers.map(row));
        drawn = now;
      }
      rows.querySelectorAll('input[type=radio]').forEach((input, at) => { input.checked = at === editor.chosen; });
      rest.hidden = editor.layers.length < 2;
      only.checked = editor.onlyRegions;
    },
  };
}
