// Chooses layers of the network, each with a weight.

import { fill, h, iconButton } from '../dom.js';
import { t } from '../messages.js';

/** Creates the picker. A layer is written as `block9` or `block9:0.5`. */
export function createLayerPicker(session, models, set, id) {
  const chosen = h('ul', { class: 'layers-chosen' });
  const search = h('input', { type: 'search', id: `${id}-search`, placeholder: t('dream.layers.find'), 'aria-label': t('dream.layers.find'), autocomplete: 'off', oninput: () => filter() });
  const list = h('ul', { class: 'layers', tabIndex: 0, 'aria-label': t('dream.layers.list') });
  const element = h('div', { class: 'layer-picker', role: 'group', 'aria-labelledby': `${id}-label` }, chosen, search, list);
  let drawn = null;
  let weights = new Map();

  const apply = () => set([...weights].map(([name, weight]) => (weight === 1 ? name : `${name}:${weight}`)));

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    for (const row of list.children) row.hidden = !row.dataset.name.includes(wanted);
  }

  function drawList(model) {
    drawn = model;
    const { layers } = models.find(({ name }) => name === model);
    fill(list, layers.map(({ name, channels, stride }) => h('li', { dataset: { name: name.toLowerCase() } },
      h('label', { class: 'check' },
        h('input', { type: 'checkbox', value: name, onchange: ({ target }) => { if (target.checked) weights.set(name, 1); else weights.delete(name); apply(); } }),
        name, h('span', { class: 'dim small' }, stride ? t('dream.layers.maps', { channels, stride }) : t('dream.layers.whole', { channels }))))));
    filter();
  }

  function drawChosen() {
    chosen.hidden = !weights.size;
    fill(chosen, [...weights].map(([name, weight]) => h('li', null,
      h('span', null, name),
      h('input', {
        type: 'number', step: 0.1, value: weight, 'aria-label': t('dream.layers.weight', { name }),
        onchange: ({ target }) => { weights.set(name, Number(target.value) || 1); apply(); },
      }),
      iconButton('close', t('common.remove', { name }), () => { weights.delete(name); apply(); }, { class: 'button icon ghost small' }))));
  }

  return {
    element,
    isGroup: true,
    show(value) {
      const model = session.look.options.model ?? session.settings.model ?? models[0].name;
      if (model !== drawn && models.some(({ name }) => name === model)) drawList(model);
      weights = new Map([value ?? []].flat().map(readLayer));
      for (const input of list.querySelectorAll('input')) input.checked = weights.has(input.value);
      drawChosen();
    },
  };
}

function readLayer(text) {
  const [name, weight = '1'] = text.split(':');
  return [name, Number(weight)];
}
