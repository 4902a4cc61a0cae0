/** The classes that the networks see in a picture, compared with its dream if there is one. */
import { urls } from '../api.js';
import { classBars, classBarsBeforeAfter } from '../bars.js';
import { networkTitle } from '../catalogue.js';
import { fill, h } from '../dom.js';
import { t } from '../messages.js';
import { hint } from './hints.js';

const COUNT = 5;

const classesOf = (api, id) => api.get(`/api/pictures/${id}/classes`).then(({ networks }) => networks);

/** The photo and the dream to compare for a picture: [photo, dream]; the dream may be null. */
async function pairOf(api, picture, dreamId) {
  const maker = picture.made_by?.photo;
  if (maker) return [maker, picture.id];
  const dream = dreamId
    ? await api.get(`/api/dreams/${dreamId}`)
    : (await api.get(`/api/dreams?photo=${picture.id}&limit=1`)).dreams[0];
  return [picture.id, dream?.picture ?? null];
}

/** Create the panel. */
export function classList(api, models) {
  const body = h('div', { class: 'class-list-body' });
  const element = h('div', { class: 'class-list' },
    hint('classes'),
    body);
  let shown = null;

  /** Show the classes of a picture. */
  async function show(picture, dreamId) {
    const key = `${picture.id} ${dreamId ?? ''}`;
    if (shown === key) return;
    shown = key;
    fill(body, h('p', { class: 'dim', role: 'status' }, t('explorer.classes.working')));
    const [photo, dream] = await pairOf(api, picture, dreamId).catch(() => [picture.id, null]);
    const [before, after] = await Promise.all([classesOf(api, photo), dream && classesOf(api, dream).catch(() => null)]);
    if (shown !== key) return;
    fill(body,
      after && h('div', { class: 'class-list-pair' }, figure(photo, t('explorer.classes.photo')), figure(dream, t('explorer.classes.dream'))),
      before.map(({ model, classes }) => h('section', {},
        h('h2', {}, networkTitle(models, model)),
        after ? classBarsBeforeAfter(classes, after.find((one) => one.model === model)?.classes ?? []) : classBars(classes.slice(0, COUNT)))));
  }

  /** Fetch the classes again next time, because there is a new dream. */
  function forget() { shown = null; }

  return { element, show, forget };
}

const figure = (id, name) => h('figure', {}, h('img', { src: urls.view(id, 320), alt: '' }), h('figcaption', {}, name));
