/** Which channels fire at a spot of the photo: the strongest twelve. */
import { fill, h } from '../dom.js';
import { channelName, layerPath } from './address.js';
import { hint } from './hints.js';

/** Make the list. `choose(channel)` is called for one of them. */
export function spotList(api, visualizations, choose) {
  const told = h('p', { class: 'spot-told', role: 'status' });
  const list = h('ol', { class: 'spot-channels', 'aria-label': 'Channels that fire here' });
  const element = h('div', { class: 'spot' },
    hint('spot', 'Click on the photo: these channels of the layer fire most at that spot. The bar compares it with the strongest answer of the same channel anywhere in the photo.'),
    told, list);
  let turn = 0;

  function clear(why = 'No spot chosen yet.') {
    turn += 1;
    visualizations.forget(list);
    list.replaceChildren();
    told.textContent = why;
  }

  /** Ask for a spot and show the answer; an answer that comes too late is dropped. */
  async function look(shown, info, maps, x, y) {
    turn += 1;
    const mine = turn;
    const { channels } = await api.get(`${layerPath(shown)}/spot?x=${x.toFixed(4)}&y=${y.toFixed(4)}`);
    if (mine !== turn) return;
    visualizations.forget(list);
    told.textContent = `Strongest at ${Math.round(x * 100)} %, ${Math.round(y * 100)} %: ${channelName(info, channels[0].channel)}`;
    fill(list, channels.map(({ channel, value, share }) => h('li', {},
      h('button', { class: 'spot-channel', type: 'button', onclick: () => choose(channel) },
        maps.draw(channel),
        visualizations.place(shown, channel),
        h('span', { class: 'spot-name' }, channelName(info, channel)),
        h('span', { class: 'spot-value' }, value.toFixed(1)),
        h('span', { class: 'bar', 'aria-hidden': 'true', vars: { share: Math.max(0, share) } })))));
  }

  clear();
  return { element, look, clear };
}
