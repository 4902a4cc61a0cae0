// The pictures of the chapter's channels are made in the background: how many are ready.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { channelsPath } from '../../explorer/address.js';
import { MODEL } from './picks.js';

const keyOf = ({ layer, channel }) => `${layer} ${channel}`;

/** Creates the line. `begin()` asks for the pictures, those of the first channels first. */
export function progress({ api, events }, channels) {
  const missing = new Set(channels.map(keyOf));
  const all = missing.size;
  const bar = h('progress', { max: all, value: 0, 'aria-label': t('learn.features.progress.label') });
  const words = h('span', {});
  const element = h('p', { class: 'feature-progress dim small' }, bar, words);

  function update() {
    bar.value = all - missing.size;
    words.textContent = t('learn.features.progress.words', { ready: all - missing.size, n: all });
    element.hidden = missing.size === 0;
  }

  events.on('visualization', (one) => {
    if (one.model !== MODEL || !missing.delete(keyOf(one))) return;
    update();
  });

  async function begin() {
    const layers = [...new Set(channels.map(({ layer }) => layer))];
    await Promise.all(layers.map(async (layer) => {
      const { made } = await api.get(channelsPath({ model: MODEL, layer }));
      made.forEach((channel) => missing.delete(keyOf({ layer, channel })));
    }));
    update();
  }

  update();
  return { element, begin };
}
