// The list of mask layers: that of the chosen filter, and regions with other filters.

import { fill, h, icon, iconButton, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { HUES, MaskLayer } from './layer.js';
import { nameOf } from '../session.js';

/** Creates the list. */
export function createLayerList(editor, session, catalogue) {
  const rows = h('div', { class: 'mask-rows', role: 'radiogroup', 'aria-label': t('dream.mask.layers') });
  const only = h('input', { type: 'checkbox', onchange: () => { editor.onlyRegions = only.checked; } });
  const rest = h('label', { class: 'check' }, only, t('dream.mask.keepRest'));
  const element = h('aside', { class: 'mask-list', 'aria-label': t('dream.mask.title'), hidden: true },
    h('h2', null, t('dream.mask.title')),
    h('p', { class: 'dim small' }, t('dream.mask.about')),
    rows,
    h('button', { type: 'button', class: 'button small', onclick: addRegion }, icon('plus'), t('dream.mask.addRegion')),
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
    const input = h('input', { type: 'radio', name: 'mask-layer', value: String(at), 'aria-label': t('dream.mask.paintLayer', { name: layer.look ?? nameOf(session.look) }), onchange: () => { editor.chosen = at; editor.draw(); } });
    const swatch = h('span', { class: 'swatch' });
    setVars(swatch, { hue: layer.hue });
    if (!layer.look) return h('div', { class: 'mask-row' }, h('label', null, input, swatch, h('span', null, nameOf(session.look), h('span', { class: 'dim small' }, t('dream.mask.chosenFilter')))));
    const known = catalogue.presets.some(({ name }) => name === layer.look);
    const look = h('select', { 'aria-label': t('dream.mask.filterOf', { n: at }), onchange: () => { layer.look = look.value; } },
      !known && h('option', { value: layer.look }, layer.look),
      catalogue.presets.map(({ name }) => h('option', { value: name }, name)));
    look.value = layer.look;
    return h('div', { class: 'mask-row' }, h('label', null, input, swatch), look,
      iconButton('trash', t('dream.mask.removeRegion', { n: at }), () => remove(layer), { class: 'button icon ghost small' }));
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
