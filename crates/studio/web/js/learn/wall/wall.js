// The wall of a class: dreams that the teacher has put up, for all to see. Visitors offer theirs; the teacher decides.

import { api, urls } from '../../api.js';
import { visitorDot, visitorName } from '../../classroom.js';
import { fill, h, icon, iconButton } from '../../dom.js';
import { filterName } from '../../gallery/describe.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';

/** The latest dreams of one's own to offer. */
const OWN = 12;

/** Creates the page: { element, show, hide }. */
export function build({ events, state }) {
  const figures = new Map();
  const hung = h('ol', { class: 'wall-dreams' });
  const empty = h('p', { class: 'wall-empty dim' }, t('classroom.wall.empty'));
  const waiting = h('div', { class: 'wall-waiting' });
  const own = h('div', { class: 'wall-own' });
  const large = h('button', { type: 'button', class: 'button', onclick: () => board.requestFullscreen().catch(toastProblem) },
    icon('external'), t('classroom.wall.large'));
  const board = h('div', { class: 'wall-board' }, hung, empty);
  const element = h('article', { class: 'learn-chapter learn-wall' },
    h('header', { class: 'learn-head' }, h('h1', null, t('classroom.wall.title')), h('p', { class: 'learn-lead' }, t('classroom.wall.lead')), h('div', null, large)),
    waiting, board, own);
  const isTeacher = () => state.classroom?.role === 'teacher';
  let shown = false;

  async function refresh() {
    if (!shown) return;
    try {
      const [{ dreams }, mine] = await Promise.all([api.get('/api/wall'), api.get(`/api/dreams?limit=${OWN}`)]);
      draw(dreams, mine.dreams);
    } catch (problem) {
      toastProblem(problem);
    }
  }

  function draw(dreams, mine) {
    const up = dreams.filter((dream) => dream.shown);
    const offers = dreams.filter((dream) => !dream.shown);
    for (const [id, figure] of figures) {
      if (dreams.some((dream) => dream.id === id)) continue;
      figure.remove();
      figures.delete(id);
    }
    empty.hidden = up.length > 0;
    hung.style.setProperty('--columns', Math.ceil(Math.sqrt(up.length)));
    fill(hung, up.map((dream, at) => h('li', null, figureOf(dream), isTeacher() && tools(dream, at, up))));
    fill(waiting, isTeacher() && offers.length > 0 && [
      h('h2', null, t('classroom.wall.offers', { n: offers.length })),
      h('ol', { class: 'wall-offers' }, offers.map((dream) => h('li', { class: 'card' }, figureOf(dream), h('div', { class: 'wall-tools' },
        h('button', { type: 'button', class: 'button primary small', onclick: () => change(() => api.patch(`/api/wall/${dream.id}`, { shown: true })) }, icon('check'), t('classroom.wall.up')),
        h('button', { type: 'button', class: 'button small danger', onclick: () => change(() => api.delete(`/api/wall/${dream.id}`)) }, t('classroom.wall.no')))))),
    ]);
    fill(own, h('h2', null, t('classroom.wall.yours')),
      mine.length === 0 && h('p', { class: 'dim' }, t('classroom.wall.none'), ' ', h('a', { href: '/dream' }, t('classroom.wall.make'))),
      h('ol', { class: 'wall-offers' }, mine.map((dream) => h('li', { class: 'card' },
        h('img', { src: urls.dream(dream.id, 320), alt: t('classroom.wall.of', { filter: filterName(dream.filter) }), width: dream.width, height: dream.height, loading: 'lazy' }),
        offerOf(dream, dreams.find((one) => one.dream === dream.id))))));
  }

  function offerOf(dream, offered) {
    if (!offered) {
      return h('button', { type: 'button', class: 'button small', onclick: () => change(() => api.post('/api/wall', { dream: dream.id })) },
        icon('plus'), t(isTeacher() ? 'classroom.wall.up' : 'classroom.wall.offer'));
    }
    return h('p', { class: 'wall-state small' }, h('span', null, t(offered.shown ? 'classroom.wall.shown' : 'classroom.wall.waits')),
      !isTeacher() && h('button', { type: 'button', class: 'button ghost small', onclick: () => change(() => api.delete(`/api/wall/${offered.id}`)) }, t('classroom.wall.back')));
  }

  /** A dream with its maker. It stays the same element, so that its picture is loaded once. */
  function figureOf(dream) {
    if (!figures.has(dream.id)) {
      const filter = filterName(dream.filter);
      figures.set(dream.id, h('figure', null,
        h('img', { src: `/api/wall/${dream.id}/picture`, alt: t('classroom.wall.alt', { filter, name: visitorName(dream.by) }), width: dream.width, height: dream.height }),
        h('figcaption', null, h('span', { class: 'wall-by' }, visitorDot(dream.by), visitorName(dream.by)), h('span', { class: 'dim' }, filter))));
    }
    return figures.get(dream.id);
  }

  function tools(dream, at, up) {
    const name = visitorName(dream.by);
    const move = (before) => change(() => api.post(`/api/wall/${dream.id}/move`, before ? { before } : {}));
    return h('div', { class: 'wall-tools' },
      iconButton('chevron-left', t('classroom.wall.earlier', { name }), () => move(up[at - 1].id), { class: 'button icon small', disabled: at === 0 }),
      iconButton('chevron-right', t('classroom.wall.later', { name }), () => move(up[at + 2]?.id), { class: 'button icon small', disabled: at === up.length - 1 }),
      iconButton('undo', t('classroom.wall.down', { name }), () => change(() => api.patch(`/api/wall/${dream.id}`, { shown: false })), { class: 'button icon small' }),
      iconButton('trash', t('classroom.wall.remove', { name }), () => change(() => api.delete(`/api/wall/${dream.id}`)), { class: 'button icon small' }));
  }

  /** Changes the wall. The event `wall` follows, as for all others. */
  const change = (request) => request().catch(toastProblem);

  for (const event of ['wall', 'dream', 'reset']) events.on(event, refresh);
  state.on(({ classroom }) => classroom && refresh());
  return {
    element,
    show() {
      shown = true;
      return refresh();
    },
    hide() { shown = false; },
  };
}
