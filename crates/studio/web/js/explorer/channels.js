/** All channels of a layer: where each responds in the photo, and its visualization. */
import { fill, h } from '../dom.js';
import { decimal, t } from '../messages.js';
import { channelName } from './address.js';
import { roving } from '../roving.js';
import { hint } from './hints.js';
import { layerWords } from './layer-words.js';

const AHEAD = '400px';

/** Whether a layer has a single position for the whole picture, and so no maps. */
export const isWhole = ({ columns, rows }) => columns * rows === 1;

/** Create the grid in the scrolling element. `choose(channel)` is called for a clicked channel. */
export function channelGrid(visualizations, scroller, choose) {
  const title = h('h2', {});
  const summary = h('p', { class: 'dim' });
  const words = h('p', { class: 'layer-words' });
  const list = h('ul', { class: 'channels-grid', 'aria-label': t('explorer.channels.list') });
  const walk = roving(list);
  const sorts = h('div', { class: 'tabs', role: 'group', 'aria-label': t('explorer.channels.order') },
    ['strength', 'number'].map((value) => h('label', {},
      h('input', { type: 'radio', name: 'explorer-order', value, checked: value === 'strength', onchange: order }), h('span', {}, t(`explorer.channels.${value}`)))));
  const element = h('section', { class: 'channels', 'aria-label': t('explorer.channels.label') },
    h('div', { class: 'channels-head' }, h('div', {}, title, summary), sorts),
    words,
    hint('maps'),
    list);
  let tiles = [];
  let maps = null;

  const painter = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      painter.unobserve(target);
      maps.paint(target.querySelector('canvas'), Number(target.dataset.channel));
    }
  }, { root: scroller, rootMargin: AHEAD });

  function tile(shown, info, { channel, mean }, strongest) {
    const name = channelName(info, channel);
    const button = h('button', { class: 'channel', type: 'button', dataset: { channel }, tabIndex: -1, 'aria-label': t('explorer.channels.tile', { name, mean: decimal(mean, 2) }), onclick: () => choose(channel) },
      h('span', { class: 'channel-pictures' }, maps.canvas(), visualizations.place(shown, channel)),
      h('span', { class: 'channel-foot', 'aria-hidden': 'true' }, h('span', { class: 'channel-name', title: name }, info.names[channel] ?? channel), h('span', { class: 'bar', vars: { share: Math.max(0, mean / strongest) || 0 } })));
    painter.observe(button);
    return { channel, element: h('li', {}, button) };
  }

  /** Show the channels of a layer. */
  function show(shown, info, layerMaps, picture) {
    clear();
    maps = layerMaps;
    title.textContent = t('explorer.channels.title', { count: info.channels, layer: shown.layer });
    words.textContent = layerWords(shown.layer);
    summary.textContent = isWhole(info)
      ? t('explorer.channels.whole')
      : t('explorer.channels.maps', { columns: info.columns, rows: info.rows });
    list.classList.toggle('whole', isWhole(info));
    list.style.setProperty('--ratio', picture.width / picture.height);
    const strongest = info.strongest[0]?.mean ?? 1;
    tiles = info.strongest.map((one) => tile(shown, info, one, strongest));
    order();
  }

  function order() {
    const byNumber = sorts.querySelector('input:checked').value === 'number';
    const sorted = byNumber ? [...tiles].sort((one, other) => one.channel - other.channel) : tiles;
    fill(list, sorted.map((one) => one.element));
    walk.update();
  }

  /** Mark the current channel. */
  function mark(channel) {
    for (const button of list.querySelectorAll('[aria-current]')) button.removeAttribute('aria-current');
    list.querySelector(`[data-channel="${channel}"]`)?.setAttribute('aria-current', 'true');
  }

  function clear() {
    painter.disconnect();
    visualizations.forget(list);
    list.replaceChildren();
    tiles = [];
  }

  return { element, show, mark, clear };
}
