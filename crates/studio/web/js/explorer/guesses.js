/** What both networks think the picture is; beside it the same of its dream, if there is one. */
import { urls } from '../api.js';
import { classBars, classBarsBeforeAfter } from '../bars.js';
import { fill, h } from '../dom.js';
import { hint } from './hints.js';

const COUNT = 5;

const classesOf = (api, id) => api.get(`/api/pictures/${id}/classes`).then(({ networks }) => networks);

/** The photo and the dream to compare for a picture: [photo, dream], where the dream may be missing. */
async function pairOf(api, picture, dreamId) {
  const maker = picture.made_by?.photo;
  if (maker) return [maker, picture.id];
  const dream = dreamId
    ? await api.get(`/api/dreams/${dreamId}`)
    : (await api.get(`/api/dreams?photo=${picture.id}&limit=1`)).dreams[0];
  return [picture.id, dream?.picture ?? null];
}

/** Make the panel. */
export function guesses(api, models) {
  const body = h('div', { class: 'guesses-body' });
  const element = h('div', { class: 'guesses' },
    hint('classes', 'The networks have learnt 1000 kinds of things. The bars tell how sure each is that the picture shows one of them.'),
    body);
  let shown = null;

  /** Show the classes of a picture. */
  async function show(picture, dreamId) {
    const key = `${picture.id} ${dreamId ?? ''}`;
    if (shown === key) return;
    shown = key;
    fill(body, h('p', { class: 'dim', role: 'status' }, 'The networks look…'));
    const [photo, dream] = await pairOf(api, picture, dreamId).catch(() => [picture.id, null]);
    const [before, after] = await Promise.all([classesOf(api, photo), dream && classesOf(api, dream).catch(() => null)]);
    if (shown !== key) return;
    fill(body,
      after && h('div', { class: 'guesses-pair' }, figure(photo, 'Photo'), figure(dream, 'Dream')),
      before.map(({ model, classes }) => h('section', {},
        h('h2', {}, models.find((one) => one.name === model)?.title ?? model),
        after ? classBarsBeforeAfter(classes, after.find((one) => one.model === model).classes) : classBars(classes.slice(0, COUNT)))));
  }

  /** Show it anew next time, as when another dream has been made. */
  function forget() { shown = null; }

  return { element, show, forget };
}

const figure = (id, name) => h('figure', {}, h('img', { src: urls.view(id, 320), alt: '' }), h('figcaption', {}, name));
