// The line of the panel that shows where the dream grows.

import { fill, h, icon, iconButton } from '../dom.js';

/** Creates the line: the current places, and a button to paint. */
export function createWhere(session) {
  const list = h('div', { class: 'chips' });
  const everywhere = h('span', { class: 'dim small' }, 'Everywhere');
  const paint = h('button', { type: 'button', class: 'button small', id: 'paint-button', title: 'Paint where the dream grows (M)', onclick: () => session.update({ painting: true }) },
    icon('brush'), 'Paint where');
  session.watch(['places'], ({ places }) => {
    const chips = describe(places).map(([text, names]) => h('span', { class: 'chip' }, text,
      iconButton('close', `Remove ${text}`, () => {
        session.setPlace(Object.fromEntries(names.map((name) => [name, null])));
        if (names.includes('mask') || names.includes('regions')) session.update({ layers: [] });
      })));
    everywhere.hidden = chips.length > 0;
    list.hidden = !chips.length;
    fill(list, chips);
  });
  return h('div', { class: 'field' },
    h('div', { class: 'in-line' }, h('span', { class: 'label' }, 'Where'), everywhere, paint), list);
}

/** The chips of the places: a text, and the fields that it represents. */
function describe({ mask, where, guide, regions, invert_mask: inverted }) {
  const count = regions?.length ?? 0;
  return [
    where && [`${inverted ? 'not ' : ''}${where}`, ['where', 'invert_mask']],
    mask && [mask.shape ?? 'Painted', ['mask', 'invert_mask', 'feather']],
    count > 0 && [count === 1 ? '1 region' : `${count} regions`, ['regions', 'only_regions']],
    guide && ['Guide image', ['guide']],
  ].filter(Boolean);
}
