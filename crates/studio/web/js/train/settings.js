// The settings of a training, folded away.

import { urls } from '../api.js';
import { h, icon } from '../dom.js';

const GOALS = [
  { name: 'to dream with', about: 'Its dreams show whole things in strong colours. It also recognises them, a little less surely.', values: { from: 'squeezenet:fire6', robust: 1.5, size: 128 } },
  { name: 'to recognise', about: 'It names pictures as surely as it can. Its dreams are fine patterns.', values: { from: 'lite0', robust: 0, size: 192 } },
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
  const use = h('button', { type: 'button', class: 'button small', onclick: () => change({ photo: state.photo.id }) }, icon('photo'), 'Use the photo of the Dream view');
  const photo = h('div', { class: 'field' },
    h('p', { class: 'label' }, 'The picture that it dreams on while it learns'),
    h('div', { class: 'training-photo' }, image, use));
  const element = h('details', { class: 'fold training-settings' }, h('summary', null, 'Settings'),
    h('div', { class: 'training-settings-body' },
      h('fieldset', { class: 'field' }, h('legend', { class: 'label' }, 'What it should be good at'), goals.map(({ label }) => label)),
      h('div', { class: 'field' }, h('label', { htmlFor: 'training-minutes' }, 'How long it learns'), minutes),
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

const durationText = (minutes) => (minutes === null ? 'Automatic' : minutes === 1 ? '1 minute' : `${minutes} minutes`);
