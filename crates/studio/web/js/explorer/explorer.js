/** The explorer: how each layer of a network responds to a photo. */
import { calm, h, icon } from '../dom.js';
import { toastProblem } from '../toast.js';
import { explorerPath, layerPath } from './address.js';
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
import { Visualizations } from './visualizations.js';

const MAP_SIDE = 1280;

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

  const go = (change) => context.open(explorerPath({ ...shown, channel: null, ...change }), { replace: 'channel' in change });
  const choose = (channel) => go({ channel: channel === shown.channel ? null : channel });

  const choice = chooser(context);
  const layers = network(models, go);
  const photo = stage(look);
  const positions = positionList(api, visualizations, choose);
  const detail = channelDetail(visualizations, photo.move);
  const classes = classList(api, models);
  const grid = channelGrid(visualizations, root, choose);
  const panel = tabbedPanels([
    { name: 'classes', title: 'Classes', element: classes.element },
    { name: 'position', title: 'Position', element: positions.element },
    { name: 'channel', title: 'Channel', element: detail.element },
  ], 'About the photo');
  const name = h('span', { class: 'explorer-name' });
  const workspace = h('div', { class: 'explorer-workspace', hidden: true },
    h('header', { class: 'explorer-head' }, h('h1', {}, 'Explorer'), name, hintsButton(),
      h('a', { class: 'button ghost small', href: '/explorer?choose' }, icon('photo'), 'Another picture')),
    layers.element, photo.element, panel.element, grid.element);
  root.classList.add('explorer');
  root.append(choice.element, workspace);

  async function look(x, y) {
    if (!maps) return;
    panel.show('position');
    if (isWhole(info)) {
      positions.clear('This layer has one number for the whole picture. Choose an earlier layer to look at a position.');
      return;
    }
    await positions.look(shown, info, maps, x, y).catch(toastProblem);
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
    openChannel();
  }

  async function openPhoto() {
    picture = await api.get(`/api/pictures/${shown.photo}`);
    name.textContent = picture.name;
    photo.show(picture);
    panel.show('classes');
    classes.show(picture, shown.dream).catch(toastProblem);
  }

  async function openLayer() {
    const { photo: id, model, layer } = shown;
    layers.show(model, layer);
    positions.clear();
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
  context.state.on(({ photo: other }) => { if (other && !root.hidden) context.open(explorerPath({ ...shown, photo: other.id, channel: null, dream: null })); });
  view = { show };
}

/** Show what the URL parameters name. */
export const show = (params) => view.show(params);
