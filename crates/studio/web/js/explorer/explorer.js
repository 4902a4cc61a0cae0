/** The explorer: how each layer of a network responds to a photo. */
import { calm, h, icon } from '../dom.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { explorerPath, layerPath, spotOf } from './address.js';
import { channelGrid, isWhole } from './channels.js';
import { chooser } from './chooser.js';
import { channelDetail } from './detail.js';
import { classList } from './class-list.js';
import { hintsButton } from './hints.js';
import { Maps } from './maps.js';
import { network } from './network.js';
import { tabbedPanels } from './panel.js';
import { positionList } from './position.js';
import { stage } from './stage.js';
import { tour } from './tour.js';
import { Visualizations } from './visualizations.js';

const MAP_SIDE = 1280;
const MIDDLE = { x: 0.5, y: 0.5 };

/** What the spot's list depends on. */
const keyOf = ({ photo, model, layer, spot }) => `${photo} ${model} ${layer} ${spot?.x} ${spot?.y}`;

let view = null;

/** Create the view. */
export function mount(root, context) {
  const { api, catalogue, events } = context;
  const { models } = catalogue;
  const visualizations = new Visualizations(api, events);
  let shown = {};
  let picture = null;
  let info = null;
  let maps = null;
  let fields = {};
  let opened = Promise.resolve();

  const go = (change) => context.open(explorerPath({ ...shown, channel: null, ...change }), { replace: 'channel' in change });
  const choose = (channel) => go({ channel: channel === shown.channel ? null : channel });

  const choice = chooser(context);
  const layers = network(models, go);
  const point = (spot) => go({ spot, channel: shown.channel });
  const photo = stage(look);
  const positions = positionList(api, visualizations, choose);
  const detail = channelDetail(api, visualizations, point, ({ layer, channel }) => context.open(explorerPath({ ...shown, layer, channel })));
  const classes = classList(api, models);
  const grid = channelGrid(visualizations, root, choose);
  const panel = tabbedPanels([
    { name: 'classes', title: t('explorer.classes.tab'), element: classes.element },
    { name: 'position', title: t('explorer.position.tab'), element: positions.element },
    { name: 'channel', title: t('explorer.channel.tab'), element: detail.element },
  ], t('explorer.about'));
  const name = h('span', { class: 'explorer-name' });
  const walk = tour([
    { name: 'layers', target: layers.element },
    { name: 'channels', target: grid.element },
    { name: 'spot', target: photo.element, arrive: () => look(shown.spot ?? MIDDLE) },
    { name: 'deeper', target: photo.element, arrive: () => go({ layer: deeper() }) },
    { name: 'looks', target: panel.element, arrive: () => opened.then(() => info && go({ channel: info.strongest[0].channel })) },
    { name: 'inputs', target: panel.element, arrive: () => opened.then(() => detail.element.querySelector('.inputs-section')?.scrollIntoView({ block: 'start' })) },
  ]);
  const workspace = h('div', { class: 'explorer-workspace', hidden: true },
    h('header', { class: 'explorer-head' }, h('h1', {}, t('explorer.title')), name, walk.button, hintsButton(),
      h('a', { class: 'button ghost small', href: '/explorer?choose' }, icon('photo'), t('explorer.another'))),
    walk.offer, layers.element, photo.element, panel.element, grid.element, walk.card);
  root.classList.add('explorer');
  root.append(choice.element, workspace);

  function look(spot) {
    panel.show('position');
    point(spot);
  }

  /** The layer in the middle of those behind the current one, without the inner ones of blocks. */
  function deeper() {
    const all = models.find((one) => one.name === shown.model).layers.map((layer) => layer.name);
    const behind = all.slice(all.indexOf(shown.layer) + 1).filter((layer) => !layer.includes('.'));
    return behind[Math.floor(behind.length / 2)] ?? shown.layer;
  }

  /** The photo, network, layer and channel in the parameters, or else the current ones. */
  function requested(params) {
    const model = models.find((one) => one.name === (params.get('model') ?? shown.model)) ?? models[0];
    const layer = params.get('layer') ?? (params.has('model') ? null : shown.layer);
    const known = model.layers.some((one) => one.name === layer);
    return {
      photo: params.get('photo') ?? context.state.photo?.id ?? shown.photo,
      model: model.name,
      layer: known ? layer : model.default_layer,
      channel: params.has('channel') ? Number(params.get('channel')) : null,
      spot: spotOf(params) ?? (params.get('photo') && params.get('photo') !== shown.photo ? null : shown.spot ?? null),
      dream: params.get('dream'),
    };
  }

  async function show(params) {
    const next = requested(params);
    const choosing = params.has('choose') || !next.photo;
    workspace.hidden = choosing;
    choice.element.hidden = !choosing;
    if (choosing) { await choice.show(); return; }
    const before = shown;
    shown = next;
    try {
      if (before.photo !== next.photo) await openPhoto();
      if (before.photo !== next.photo || before.model !== next.model || before.layer !== next.layer) await openLayer();
    } catch (problem) {
      toastProblem(problem);
      shown = {};
      return;
    }
    const isNew = ['photo', 'model', 'layer', 'channel'].some((part) => before[part] !== next[part]);
    if (isNew) openChannel();
    await openSpot(before).catch(toastProblem);
  }

  async function openPhoto() {
    picture = await api.get(`/api/pictures/${shown.photo}`);
    name.textContent = picture.name;
    photo.show(picture);
    panel.show(shown.spot ? 'position' : 'classes');
    classes.show(picture, shown.dream).catch(toastProblem);
  }

  async function openLayer() {
    const { photo: id, model, layer } = shown;
    layers.show(model, layer);
    detail.clear();
    photo.lay(null);
    workspace.setAttribute('aria-busy', 'true');
    info = maps = null;
    try {
      const answer = await api.get(layerPath(shown));
      if (shown.photo !== id || shown.model !== model || shown.layer !== layer) return;
      info = answer;
      maps = new Maps(shown, info);
      grid.show(shown, info, maps, picture);
      root.scrollTop = Math.min(root.scrollTop, grid.element.offsetTop);
    } finally {
      workspace.removeAttribute('aria-busy');
    }
  }

  /** What each layer sees at a spot: { width, height, layers }; the latest answer of the studio is kept. */
  function fieldsAt({ photo: id, model, spot: { x, y } }) {
    const path = `/api/receptive-fields/${id}/${model}?x=${x}&y=${y}`;
    if (fields.path !== path) {
      fields = { path, answer: api.get(path) };
      fields.answer.catch(() => { fields = {}; });
    }
    return fields.answer;
  }

  /** Shows the spot, which stays while layers change: what the layer sees there, and its strongest channels. */
  async function openSpot(before) {
    const wanted = shown;
    const { spot, layer } = wanted;
    const isSame = (other) => keyOf(other) === keyOf(wanted);
    if (isSame(before)) return;
    photo.spot(spot);
    positions.clear(spot ? '' : undefined);
    if (!spot) return;
    const { width, height, layers: seen } = await fieldsAt(wanted);
    if (!isSame(shown) || !info) return;
    const at = seen.find((one) => one.layer === layer);
    photo.see({ x: at.field.x / width, y: at.field.y / height, width: at.field.width / width, height: at.field.height / height });
    if (isWhole(info)) positions.clear(t('explorer.position.whole'));
    else await positions.look(shown, info, maps, spot.x, spot.y);
    if (isSame(shown)) positions.see(layer, at);
  }

  function openChannel() {
    const { channel } = shown;
    const rank = info?.strongest.findIndex((one) => one.channel === channel) ?? -1;
    const heat = rank < 0 || isWhole(info) ? null : `${layerPath(shown)}/map?channel=${channel}&side=${MAP_SIDE}`;
    grid.mark(channel);
    photo.lay(heat);
    if (rank < 0) { detail.clear(); return; }
    detail.show(shown, info.strongest[rank], info, { rank: rank + 1, heat });
    panel.show('channel');
    panel.element.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' });
  }

  events.on('dream', (dream) => { if (dream.photo === shown.photo) classes.forget(); });
  context.state.on(({ models: changed }) => {
    if (!changed) return;
    layers.offer();
    classes.forget();
    if (!shown.model || models.some((one) => one.name === shown.model)) return;
    if (root.hidden) shown = { photo: shown.photo };
    else go({ model: models[0].name, layer: null });
  });
  context.state.on(({ photo: other }) => { if (other && !root.hidden) context.open(explorerPath({ ...shown, photo: other.id, channel: null, spot: null, dream: null })); });
  view = { show: (params) => { opened = show(params); return opened; } };
}

/** Show what the URL parameters name. */
export const show = (params) => view.show(params);
