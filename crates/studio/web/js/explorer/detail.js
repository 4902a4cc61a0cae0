/** Details of a channel: its visualization beside the best real patches, where it is strongest in the photo, what feeds it, and a link to dream it. */
import { fill, h, icon } from '../dom.js';
import { decimal, t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { channelName, dreamPath } from './address.js';
import { hint } from './hints.js';
import { inputList } from './inputs.js';
import { patchGrid } from './patches.js';

/** Create the panel. `point({ x, y })` shows a spot of the photo, `choose({ layer, channel })` another channel. */
export function channelDetail(api, visualizations, point, choose) {
  const empty = h('p', { class: 'dim' }, t('explorer.channel.none'));
  const body = h('div', { class: 'detail-body' });
  const about = hint('visualization');
  const patches = patchGrid(api);
  const inputs = inputList(api, visualizations, choose);
  const element = h('div', { class: 'detail' },
    hint('channel'),
    empty, body);

  /** Show a channel: its { channel, mean, max, x, y } from the API, its `rank` in the layer, and the address of its heat map, if any. */
  function show(shown, { channel, mean, max, x, y }, info, { rank, heat }) {
    clear();
    empty.hidden = true;
    fill(body,
      h('h2', {}, t('explorer.channel.title', { channel: channelName(info, channel), layer: shown.layer })),
      h('div', { class: 'detail-looks' },
        h('figure', {}, visualizations.place(shown, channel, 'large'), h('figcaption', {}, t('explorer.channel.made'))),
        h('figure', {}, patches.element, h('figcaption', {}, t('explorer.channel.real')))),
      about,
      h('a', { class: 'button primary', href: dreamPath(shown, channel) }, icon('spark'), t('explorer.channel.dream')),
      h('dl', { class: 'detail-facts' },
        h('div', {}, h('dt', {}, t('explorer.channel.inPhoto')), h('dd', {}, t('explorer.channel.rank', { rank, count: info.channels }))),
        h('div', {}, h('dt', {}, t('explorer.channel.mean')), h('dd', {}, decimal(mean, 2))),
        h('div', {}, h('dt', {}, t('explorer.channel.max')), h('dd', {}, decimal(max, 1), ' ',
          heat && h('button', { class: 'button ghost small', type: 'button', onclick: () => point({ x, y }) }, icon('eye'), t('explorer.channel.where'))))),
      inputs.element);
    patches.load(shown, channel).catch(toastProblem);
    inputs.load(shown, channel).catch(toastProblem);
  }

  function clear() {
    inputs.clear();
    visualizations.forget(body);
    body.replaceChildren();
    empty.hidden = false;
  }

  return { element, show, clear };
}
