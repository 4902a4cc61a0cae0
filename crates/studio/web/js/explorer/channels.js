/** All channels of a layer: where each responds in the photo, and its visualization. */
import { fill, h } from '../dom.js';
import { channelName } from './address.js';
import { roving } from '../roving.js';
import { hint } from './hints.js';

const AHEAD = '400px';

/** Whether a layer has a single position for the whole picture, and so no maps. */
export const isWhole = ({ columns, rows }) => columns * rows === 1;

/** Create the grid in the scrolling element. `choose(channel)` is called for a clicked channel. */
export function channelGrid(visualizations, scroller, choose) {
  const title = h('h2', {});
  const summary = h('p', { class: 'dim' });
  const list = h('ul', { class: 'channels-grid', 'aria-label': 'Channels' });
  const walk = roving(list);
  const sorts = h('div', { class: 'tabs', role: 'group', 'aria-label': 'Order' },
    [['strength', 'Strongest first'], ['number', 'By number']].map(([value, name]) => h('label', {},
      h('input', { type: 'radio', name: 'explorer-order', value, checked: value === 'strength', onchange: order }), h('span', {}, name))));
  const element = h('section', { class: 'channels', 'aria-label': 'All channels' },
    h('div', { class: 'channels-head' }, h('div', {}, title, summary), sorts),
    hint('maps', 'Left: where the channel responds in your photo. Right: a picture of what it responds to most. These pictures are made in the background, visible ones first.'),
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
    const button = h('button', { class: 'channel', type: 'button', dataset: { channel }, tabIndex: -1, 'aria-label': `${name}, ${mean.toFixed(2)} on average`, onclick: () => choose(channel) },
      h('span', { class: 'channel-pictures' }, maps.canvas(), visualizations.place(shown, channel)),
      h('span', { class: 'channel-foot', 'aria-hidden': 'true' }, h('span', { class: 'channel-name', title: name }, info.names[channel] ?? channel), h('span', { class: 'bar', vars: { share: Math.max(0, mean / strongest) || 0 } })));
    painter.observe(button);
    return { channel, element: h('li', {}, button) };
  }

  /** Show the channels of a layer. */
  function show(shown, info, layerMaps, picture) {
    clear();
    maps = layerMaps;
    title.textContent = `${info.channels} channels of ${shown.layer}`;
    summary.textContent = isWhole(info)
      ? 'Each channel is one number for the whole picture.'
      : `Each channel is a map of ${info.columns} × ${info.rows} positions in the photo.`;
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
