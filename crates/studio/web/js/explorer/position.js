/** The twelve channels that respond most at a position in the photo. */
import { fill, h } from '../dom.js';
import { channelName, layerPath } from './address.js';
import { hint } from './hints.js';

/** Create the list. `choose(channel)` is called for a clicked channel. */
export function positionList(api, visualizations, choose) {
  const status = h('p', { class: 'position-status', role: 'status' });
  const list = h('ol', { class: 'position-channels', 'aria-label': 'Strongest channels here' });
  const element = h('div', { class: 'position' },
    hint('position', 'Click on the photo to list the channels that respond most at that position. The bar compares it with the same channel’s maximum anywhere in the photo.'),
    status, list);
  let turn = 0;

  function clear(why = 'No position selected.') {
    turn += 1;
    visualizations.forget(list);
    list.replaceChildren();
    status.textContent = why;
  }

  /** Fetch and show the channels at a position; outdated responses are dropped. */
  async function look(shown, info, maps, x, y) {
    turn += 1;
    const mine = turn;
    const { channels } = await api.get(`${layerPath(shown)}/position?x=${x.toFixed(4)}&y=${y.toFixed(4)}`);
    if (mine !== turn) return;
    visualizations.forget(list);
    status.textContent = `Strongest at ${Math.round(x * 100)} %, ${Math.round(y * 100)} %: ${channelName(info, channels[0].channel)}`;
    fill(list, channels.map(({ channel, value, share }) => h('li', {},
      h('button', { class: 'position-channel', type: 'button', onclick: () => choose(channel) },
        maps.draw(channel),
        visualizations.place(shown, channel),
        h('span', { class: 'position-name' }, channelName(info, channel)),
        h('span', { class: 'position-value' }, value.toFixed(1)),
        h('span', { class: 'bar', 'aria-hidden': 'true', vars: { share: Math.max(0, share) } })))));
  }

  clear();
  return { element, look, clear };
}
