// The gallery of trained networks.

import { digests, urls } from '../api.js';
import { firstLookOf } from '../catalogue.js';
import { fill, h, icon } from '../dom.js';
import { PREVIEW_SIDE } from '../dream/strip.js';
import { t } from '../messages.js';
import { toast, toastProblem } from '../toast.js';
import { dreamWith } from '../dream-with.js';
import { nameField } from './name-field.js';
import { percent } from './words.js';

/** The landscape of the previews: always the same, so that they can be compared. */
const SKY = { seed: 12, size: 640 };

const at = (name, rest = '') => `/api/networks/${encodeURIComponent(name)}${rest}`;

/** Creates the gallery. */
export function networkGallery(context) {
  const { api, events } = context;
  const list = h('ul', { class: 'network-cards', 'aria-label': t('train.networks.list') });
  const input = h('input', { type: 'file', accept: '.safetensors', hidden: true, multiple: true, 'aria-label': t('train.networks.load'), onchange: async () => {
    for (const file of [...input.files]) await load(file);
    input.value = '';
  } });
  const element = h('section', { class: 'train-part' },
    h('div', { class: 'train-part-head' }, h('h2', null, t('common.ownNetworks')),
      h('button', { type: 'button', class: 'button', onclick: () => input.click() }, icon('upload'), t('train.networks.loadButton')), input),
    list);
  let sky = null;
  let cards = new Map();

  async function load(file) {
    try {
      const { name } = await api.send(`/api/networks?name=${encodeURIComponent(file.name)}`, file);
      toast(t('train.networks.loaded', { name }));
      await refresh();
    } catch (problem) {
      toastProblem(problem);
    }
  }

  async function rename({ name }, next) {
    try {
      await api.patch(at(name), { name: next });
      await refresh();
      return true;
    } catch (problem) {
      toastProblem(problem);
      return false;
    }
  }

  async function remove({ name }) {
    try {
      await api.delete(at(name));
      await refresh();
      toast(t('train.networks.deleted', { name }), { action: t('common.undo'), onAction: () => api.post(at(name, '/restore')).then(refresh).catch(toastProblem) });
    } catch (problem) {
      toastProblem(problem);
    }
  }

  function drawName(network) {
    if (!network.own) return h('h3', null, network.name, h('span', { class: 'chip built-in' }, t('train.networks.builtIn')));
    const name = nameField({ label: t('train.networks.name', { name: network.name }), className: 'name-field network-title', save: (next) => rename(network, next) });
    name.show(network.name);
    return h('h3', null, h('span', { class: 'visually-hidden' }, network.name), name.input);
  }

  /** What the network dreams, on the landscape. */
  function drawDream({ look }) {
    const image = h('img', { alt: '', loading: 'lazy', width: 288, height: 192 });
    const frame = h('div', { class: 'network-dream skeleton' }, image);
    const end = () => frame.classList.remove('skeleton');
    image.addEventListener('load', end);
    image.addEventListener('error', () => { end(); image.hidden = true; });
    sky ??= api.post('/api/landscapes', SKY);
    sky.then(({ id }) => { image.src = urls.preview(id, look, PREVIEW_SIDE); }, () => { sky = null; end(); });
    return frame;
  }

  function drawCard(network, all) {
    const { name, classes, accuracy, own, problem } = network;
    const removal = (more = '') => h('button', { type: 'button', class: `button ghost small ${more}`, onclick: () => remove(network), 'aria-label': t('train.networks.delete', { name }) }, icon('trash'), t('common.delete'));
    if (problem) {
      return h('li', { class: 'card network-card is-broken' }, drawName(network), h('p', { class: 'network-problem' }, problem),
        h('div', { class: 'network-tools' }, removal('danger')));
    }
    const base = all.find((other) => name === firstLookOf(other.name));
    return h('li', { class: 'card network-card' }, drawDream(network), drawName(network), base && h('p', { class: 'dim small' }, t('train.networks.firstLook', { name: base.name })),
      h('ul', { class: 'network-classes', 'aria-label': t('train.networks.classes') }, classes.map((one) => h('li', { class: 'chip' }, one.name, h('span', { class: 'dim' }, one.pictures)))),
      h('p', { class: 'dim small' }, accuracy === null ? t('train.networks.noAccuracy') : t('train.networks.accuracy', { share: percent(accuracy), n: heldOut(classes) })),
      h('div', { class: 'network-main' },
        h('button', { type: 'button', class: 'button small', 'aria-label': t('train.networks.dreamWith', { name }), onclick: () => dreamWith(context, network.look) }, icon('spark'), t('train.dreamWithIt')),
        h('a', { class: 'button small', href: `/train?network=${encodeURIComponent(name)}`, 'aria-label': t('train.networks.try', { name }) }, icon('eye'), t('train.tryIt'))),
      h('div', { class: 'network-tools' },
        h('a', { class: 'button ghost small', href: at(name, '/file'), download: '', 'aria-label': t('train.networks.download', { name }) }, icon('download'), t('common.download')),
        own && removal()));
  }

  /** Fetches the networks; one that has not changed keeps its card. */
  async function refresh() {
    const { networks } = await api.get('/api/networks');
    const next = new Map();
    fill(list, networks.map((network) => {
      const key = JSON.stringify([network, digests.get(network.name)]);
      next.set(key, cards.get(key) ?? drawCard(network, networks));
      return next.get(key);
    }));
    cards = next;
  }
  const refreshIfShown = () => { if (element.offsetParent) refresh().catch(toastProblem); };
  events.on('networks', refreshIfShown);
  events.on('reset', refreshIfShown);
  context.state.on(({ models }) => models && refreshIfShown());

  return { element, load, show: refresh };
}

const heldOut = (classes) => classes.reduce((sum, one) => sum + one.held_out, 0);
