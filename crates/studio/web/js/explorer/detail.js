/** One channel: what it looks for, where it is strongest in the photo, and a way to dream it. */
import { fill, h, icon } from '../dom.js';
import { channelName, dreamPath } from './address.js';
import { hint } from './hints.js';

/** Make the panel. `point(x, y)` shows a place in the photo. */
export function channelDetail(visualizations, point) {
  const empty = h('p', { class: 'dim' }, 'No channel chosen yet. Take one from the grid, or from a spot of the photo.');
  const body = h('div', { class: 'detail-body' });
  const about = hint('visualization', 'This picture was made from nothing so that the channel fires as much as it can: it shows what the channel looks for.');
  const element = h('div', { class: 'detail' },
    hint('channel', 'A channel looks for one kind of thing everywhere in the picture. Bright in the photo: the channel fires there.'),
    empty, body);

  /** Show a channel: { channel, mean, max, x, y } of what the API told of the layer, its `rank` among the layer's, the address of its heat, if it has a map. */
  function show(shown, { channel, mean, max, x, y }, info, { rank, heat }) {
    clear();
    empty.hidden = true;
    fill(body,
      h('h2', {}, `${channelName(info, channel)} of ${shown.layer}`),
      visualizations.place(shown, channel, 'large'),
      about,
      h('a', { class: 'button primary', href: dreamPath(shown, channel) }, icon('spark'), 'Dream this channel'),
      heat && h('img', { class: 'detail-heat', src: heat, alt: 'Where it fires in the photo' }),
      h('dl', { class: 'detail-facts' },
        h('div', {}, h('dt', {}, 'In this photo'), h('dd', {}, `number ${rank} of ${info.channels}`)),
        h('div', {}, h('dt', {}, 'On average'), h('dd', {}, mean.toFixed(2))),
        h('div', {}, h('dt', {}, 'At its strongest'), h('dd', {}, max.toFixed(1), ' ',
          heat && h('button', { class: 'button ghost small', type: 'button', onclick: () => point(x, y) }, icon('eye'), 'Show where')))));
  }

  function clear() {
    visualizations.forget(body);
    body.replaceChildren();
    empty.hidden = false;
  }

  return { element, show, clear };
}
