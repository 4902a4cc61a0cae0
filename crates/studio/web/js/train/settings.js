// The settings of a training, folded away.

import { urls } from '../api.js';
import { h, icon } from '../dom.js';
import { t } from '../messages.js';

const GOALS = [
  { name: t('train.settings.dream'), about: t('train.settings.dreamAbout'), values: { from: 'squeezenet:fire6', robust: 1.5, size: 128 } },
  { name: t('train.settings.recognise'), about: t('train.settings.recogniseAbout'), values: { from: 'lite0', robust: 0, size: 192 } },
];
const MINUTES = [null, 1, 3, 10, 30];

/** Creates the settings of the training of a store. */
export function trainingSettings({ api, state }, store) {
  const change = (body) => store.change(api.patch(store.path(), body));
  const choose = (values) => change({ settings: { ...store.training.settings, ...values } });
  const goals = GOALS.map(({ name, about, values }) => {
    const input = h('input', { type: 'radio', name: 'training-goal', onchange: () => choose(values) });
    return { values, input, label: h('label', { class: 'goal' }, input, h('span', null, h('strong', null, name), h('span', { class: 'dim small' }, about))) };
  });
  const minutes = h('select', { id: 'training-minutes', onchange: () => choose({ minutes: Number(minutes.value) || null }) });
  const image = h('img', { alt: '' });
  const use = h('button', { type: 'button', class: 'button small', onclick: () => change({ photo: state.photo.id }) }, icon('photo'), t('train.settings.usePhoto'));
  const photo = h('div', { class: 'field' },
    h('p', { class: 'label' }, t('train.settings.photo')),
    h('div', { class: 'training-photo' }, image, use));
  const element = h('details', { class: 'fold training-settings' }, h('summary', null, t('train.settings.title')),
    h('div', { class: 'training-settings-body' },
      h('fieldset', { class: 'field' }, h('legend', { class: 'label' }, t('train.settings.goal')), goals.map(({ label }) => label)),
      h('div', { class: 'field' }, h('label', { htmlFor: 'training-minutes' }, t('train.settings.minutes')), minutes),
      photo));

  /** Shows the settings. */
  function show({ settings, photo: id, job }) {
    for (const { values, input } of goals) {
      input.checked = values.from === settings.from;
      input.disabled = Boolean(job);
    }
    const choices = MINUTES.includes(settings.minutes) ? MINUTES : [...MINUTES, settings.minutes];
    minutes.replaceChildren(...choices.map((value) => h('option', { value: value ?? '', selected: value === settings.minutes }, durationText(value))));
    minutes.disabled = Boolean(job);
    image.hidden = !id;
    if (id && image.dataset.id !== id) Object.assign(image, { src: urls.view(id, 160) }).dataset.id = id;
    use.hidden = !state.photo || state.photo.id === id || Boolean(job);
    photo.hidden = !id && use.hidden;
  }

  return { element, show };
}

const durationText = (minutes) => (minutes === null ? t('train.settings.automatic') : t('train.settings.minute', { n: minutes }));
