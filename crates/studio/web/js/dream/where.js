// Where it grows, in a line of the panel.

import { fill, h, icon, iconButton } from '../dom.js';

/** Makes the line: what was painted or said, and the way to the brush. */
export function createWhere(session) {
  const told = h('div', { class: 'chips' });
  const everywhere = h('span', { class: 'dim small' }, 'Everywhere');
  const paint = h('button', { type: 'button', class: 'button small', id: 'paint-button', title: 'Paint where it grows (M)', onclick: () => session.update({ painting: true }) },
    icon('brush'), 'Paint where');
  session.watch(['places'], ({ places }) => {
    const chips = describe(places).map(([text, names]) => h('span', { class: 'chip' }, text,
      iconButton('close', `Take away: ${text}`, () => {
        session.setPlace(Object.fromEntries(names.map((name) => [name, null])));
        if (names.includes('mask') || names.includes('regions')) session.update({ layers: [] });
      })));
    everywhere.hidden = chips.length > 0;
    told.hidden = !chips.length;
    fill(told, chips);
  });
  return h('div', { class: 'field' },
    h('div', { class: 'in-line' }, h('span', { class: 'label' }, 'Where'), everywhere, paint), told);
}

/** Chips of places: a text, and the fields that it stands for. */
function describe({ mask, where, guide, regions, invert_mask: inverted }) {
  const count = regions?.length ?? 0;
  return [
    where && [`${inverted ? 'not ' : ''}${where}`, ['where', 'invert_mask']],
    mask && [mask.shape ?? 'Painted', ['mask', 'invert_mask', 'feather']],
    count > 0 && [count === 1 ? '1 region' : `${count} regions`, ['regions', 'only_regions']],
    guide && ['Guide picture', ['guide']],
  ].filter(Boolean);
}
