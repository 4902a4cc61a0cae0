/** Details of a channel: its visualization, where it is strongest in the photo, and a link to dream it. */
import { fill, h, icon } from '../dom.js';
import { channelName, dreamPath } from './address.js';
import { hint } from './hints.js';

/** Create the panel. `point(x, y)` shows a position in the photo. */
export function channelDetail(visualizations, point) {
  const empty = h('p', { class: 'dim' }, 'No channel selected. Choose one from the grid or at a position in the photo.');
  const body = h('div', { class: 'detail-body' });
  const about = hint('visualization', 'This picture was made from nothing so that the channel responds as strongly as possible. It shows what the channel responds to.');
  const element = h('div', { class: 'detail' },
    hint('channel', 'A channel responds to one kind of pattern anywhere in the picture. The channel responds where the photo is bright.'),
    empty, body);

  /** Show a channel: its { channel, mean, max, x, y } from the API, its `rank` in the layer, and the address of its heat map, if any. */
  function show(shown, { channel, mean, max, x, y }, info, { rank, heat }) {
    clear();
    empty.hidden = true;
    fill(body,
      h('h2', {}, `${channelName(info, channel)} of ${shown.layer}`),
      visualizations.place(shown, channel, 'large'),
      about,
      h('a', { class: 'button primary', href: dreamPath(shown, channel) }, icon('spark'), 'Dream this channel'),
      heat && h('img', { class: 'detail-heat', src: heat, alt: 'Where it responds in the photo' }),
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
