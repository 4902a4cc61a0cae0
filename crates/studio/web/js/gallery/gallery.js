/** The gallery: all dreams, newest first, with search and favourites; and the view of a single dream. */
import { api } from '../api.js';
import { h, icon } from '../dom.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { filters } from './filters.js';
import { grid } from './grid.js';
import { DreamList } from './list.js';
import { galleryPath, queryFrom, sameQuery } from './query.js';
import { single } from './single.js';

let view = null;

/** Create the view. */
export function mount(root, context) {
  let query = null;
  let scrolled = 0;
  const list = new DreamList(api, changed);
  const search = filters((asked) => context.open(galleryPath(asked), { replace: true }));
  const tiles = grid(list, root, { star, more, query: () => query });
  const count = h('p', { class: 'gallery-count', role: 'status' });
  const empty = h('div', { class: 'empty gallery-empty', hidden: true });
  const exporting = h('a', { class: 'button ghost', href: '/api/export', download: '' }, icon('download'), t('gallery.export'));
  const wall = h('div', { class: 'gallery-wall' },
    h('div', { class: 'gallery-top' }, h('h1', {}, t('gallery.title')), count, exporting),
    search.element, tiles.element, empty, tiles.end);
  const large = single(context, { close, step, star, rename, remove, neighbours, pathOf: (id) => galleryPath(query, id) });
  root.classList.add('gallery');
  root.append(wall, large.element);

  function changed({ reset }) {
    if (reset) tiles.clear();
    search.offer(list.filters);
    tiles.layOut();
    showCount();
    if (large.dream && list.find(large.dream.id)) large.show(list.find(large.dream.id));
  }

  /** Show the number of dreams, or what to do if there are none. */
  function showCount() {
    const asked = Object.keys(query).length > 0;
    count.textContent = t('gallery.count', { n: list.total });
    exporting.hidden = list.total === 0 && !asked;
    search.element.hidden = list.total === 0 && !asked;
    empty.hidden = list.total > 0;
    if (list.total > 0) return;
    empty.replaceChildren(...(asked
      ? [icon('search'), h('h2', {}, t('gallery.noResults')), h('p', {}, t('gallery.noMatch')),
        h('button', { class: 'button', type: 'button', onclick: () => context.open('/gallery', { replace: true }) }, t('gallery.showAll'))]
      : [icon('spark'), h('h2', {}, t('gallery.empty')), h('p', {}, t('gallery.emptyAbout')),
        h('button', { class: 'button primary', type: 'button', onclick: () => context.open('/dream') }, t('gallery.make'))]));
  }

  function more() { return list.more().catch(toastProblem); }

  /** Show a query; fetch nothing if it is shown already. */
  async function show(params) {
    const asked = queryFrom(params);
    const id = params.get('dream');
    if (!query || !sameQuery(query, asked)) {
      query = asked;
      search.show(query);
      await list.open(query).catch(toastProblem);
    }
    if (id) await open(id);
    else if (large.dream) leave();
  }

  async function open(id) {
    const dream = list.find(id) ?? await api.get(`/api/dreams/${id}`).catch(toastProblem);
    if (!dream) { close(); return; }
    if (!large.dream) scrolled = root.scrollTop;
    wall.hidden = true;
    large.show(dream);
    if (!large.element.contains(document.activeElement)) large.element.focus({ preventScroll: true });
    root.scrollTop = 0;
  }

  /** Return from a single dream to its tile. */
  function leave() {
    const { id } = large.dream;
    large.hide();
    wall.hidden = false;
    tiles.layOut();
    root.scrollTop = scrolled;
    if (!tiles.focus(id)) search.search.focus({ preventScroll: true });
  }

  function close() { context.open(galleryPath(query)); }
  function neighbours(dream) { return Promise.all([list.neighbour(dream.id, -1), list.neighbour(dream.id, 1)]); }

  async function step(by) {
    const next = await list.neighbour(large.dream.id, by);
    if (next) context.open(galleryPath(query, next.id), { replace: true });
  }

  async function change(dream, part) {
    try {
      await list.take(await api.patch(`/api/dreams/${dream.id}`, part));
      if (large.dream?.id === dream.id) large.show({ ...large.dream, ...part });
    } catch (problem) { toastProblem(problem); }
  }
  function star(dream) { return change(dream, { favourite: !dream.favourite }); }
  function rename(dream, name) { return change(dream, { name }); }

  async function remove(dream) {
    const [before, after] = await neighbours(dream);
    try { await api.delete(`/api/dreams/${dream.id}`); } catch (problem) { toastProblem(problem); return; }
    list.remove(dream.id);
    if (large.dream?.id === dream.id) context.open(galleryPath(query, (after ?? before)?.id), { replace: true });
    context.toast(t('gallery.deleted', { name: dream.name }), { action: t('common.undo'), onAction: () => restore(dream) });
  }

  async function restore(dream) {
    try { await list.take(await api.post(`/api/dreams/${dream.id}/restore`)); } catch (problem) { toastProblem(problem); }
  }

  context.events.on('dream', (dream) => list.take(dream).catch(toastProblem));
  context.events.on('reset', () => { if (query) list.open(query).catch(toastProblem); });
  view = { show };
}

/** Show what the URL parameters name. */
export const show = (params) => view.show(params);
