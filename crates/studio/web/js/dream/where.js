// The line of the panel that shows where the dream grows.

import { fill, h, icon, iconButton } from '../dom.js';
import { t } from '../messages.js';

/** Creates the line: the current places, and a button to paint. */
export function createWhere(session) {
  const list = h('div', { class: 'chips' });
  const everywhere = h('span', { class: 'dim small' }, t('dream.where.everywhere'));
  const paint = h('button', { type: 'button', class: 'button small', id: 'paint-button', title: t('dream.where.paintTitle'), onclick: () => session.update({ painting: true }) },
    icon('brush'), t('dream.where.paint'));
  session.watch(['places'], ({ places }) => {
    const chips = describe(places).map(([text, names]) => h('span', { class: 'chip' }, text,
      iconButton('close', t('common.remove', { name: text }), () => {
        session.setPlace(Object.fromEntries(names.map((name) => [name, null])));
        if (names.includes('mask') || names.includes('regions')) session.update({ layers: [] });
      })));
    everywhere.hidden = chips.length > 0;
    list.hidden = !chips.length;
    fill(list, chips);
  });
  return h('div', { class: 'field' },
    h('div', { class: 'in-line' }, h('span', { class: 'label' }, t('dream.where.label')), everywhere, paint), list);
}

/** The chips of the places: a text, and the fields that it represents. */
function describe({ mask, where, guide, regions, invert_mask: inverted }) {
  const count = regions?.length ?? 0;
  return [
    where && [inverted ? t('dream.where.not', { where }) : where, ['where', 'invert_mask']],
    mask && [mask.shape ?? t('dream.where.painted'), ['mask', 'invert_mask', 'feather']],
    count > 0 && [t('dream.where.regions', { n: count }), ['regions', 'only_regions']],
    guide && [t('dream.places.guide'), ['guide']],
  ].filter(Boolean);
}
