/** What a layer sees at a spot of the photo, and the twelve channels that respond most there. */
import { fill, h } from '../dom.js';
import { decimal, t } from '../messages.js';
import { channelName, layerPath } from './address.js';
import { hint } from './hints.js';

/** Create the list. `choose(channel)` is called for a clicked channel. */
export function positionList(api, visualizations, choose) {
  const status = h('p', { class: 'position-status', role: 'status' });
  const seen = h('p', { class: 'position-seen' });
  const list = h('ol', { class: 'position-channels', 'aria-label': t('explorer.position.list') });
  const element = h('div', { class: 'position' },
    hint('position'),
    status, seen, list);
  let turn = 0;

  function clear(why = t('explorer.position.none')) {
    turn += 1;
    visualizations.forget(list);
    list.replaceChildren();
    status.textContent = why;
    seen.textContent = '';
  }

  /** Say how much of the photo the layer sees: its field from the API. */
  function see(layer, field) {
    seen.textContent = t('explorer.position.seen', { layer, width: field.size[0], height: field.size[1] });
  }

  /** Fetch and show the channels at a position; outdated responses are dropped. */
  async function look(shown, info, maps, x, y) {
    turn += 1;
    const mine = turn;
    const { channels } = await api.get(`${layerPath(shown)}/position?x=${x.toFixed(4)}&y=${y.toFixed(4)}`);
    if (mine !== turn) return;
    visualizations.forget(list);
    status.textContent = t('explorer.position.strongest', { x: Math.round(x * 100), y: Math.round(y * 100), channel: channelName(info, channels[0].channel) });
    fill(list, channels.map(({ channel, value, share }) => h('li', {},
      h('button', { class: 'position-channel', type: 'button', onclick: () => choose(channel) },
        maps.draw(channel),
        visualizations.place(shown, channel),
        h('span', { class: 'position-name' }, channelName(info, channel)),
        h('span', { class: 'position-value' }, decimal(value, 1)),
        h('span', { class: 'bar', 'aria-hidden': 'true', vars: { share: Math.max(0, share) } })))));
  }

  clear();
  return { element, look, see, clear };
}
