// Fields for a mask by a word, soft borders, and a guide image.

import { fill, h, icon, uniqueId } from '../dom.js';
import { urls } from '../api.js';
import { t } from '../messages.js';
import { toastProblem, toastWarnings } from '../toast.js';
import { markBlamed } from './blame.js';
import { recent } from './recent.js';

/** Creates the fields. */
export function createPlaceFields(session, { api }) {
  return [
    textField(session, 'where'),
    textField(session, 'feather'),
    invertField(session),
    guideField(session, api),
  ];
}

function textField(session, name) {
  const id = uniqueId('place');
  const input = h('input', { type: 'text', id, placeholder: t(`dream.places.${name}Example`), autocomplete: 'off', 'aria-describedby': `${id}-about`, onchange: () => session.setPlace({ [name]: input.value.trim() }) });
  session.watch(['places'], ({ places }) => { input.value = places[name] ?? ''; });
  const element = h('div', { class: 'field' }, h('label', { htmlFor: id }, t(`dream.places.${name}`)), input, h('p', { class: 'hint', id: `${id}-about` }, t(`dream.places.${name}About`)));
  markBlamed(session, name, element);
  return element;
}

function invertField(session) {
  const input = h('input', { type: 'checkbox', onchange: () => session.setPlace({ invert_mask: input.checked }) });
  session.watch(['places'], ({ places }) => {
    input.checked = Boolean(places.invert_mask);
    input.disabled = !places.mask && !places.where;
  });
  return h('label', { class: 'check' }, input, t('dream.places.invert'));
}

function guideField(session, api) {
  const file = h('input', { type: 'file', accept: 'image/*,.jxl', class: 'visually-hidden', id: uniqueId('guide'), onchange: async () => {
    try {
      if (file.files[0]) {
        const picture = await api.upload(file.files[0], file.files[0].name);
        toastWarnings(picture);
        session.setPlace({ guide: picture.id });
      }
    } catch (problem) {
      toastProblem(problem);
    }
    file.value = '';
  } });
  const choices = h('ul', { class: 'guides' });
  session.watch(['places', 'photo'], ({ places: { guide }, photo }) => {
    const ids = [...new Set([guide, ...recent()])].filter((id) => id && (id === guide || id !== photo?.id)).slice(0, 5);
    fill(choices, ids.map((id) => h('li', null, h('button', {
      type: 'button', 'aria-pressed': String(id === guide), 'aria-label': t(id === guide ? 'dream.places.removeGuide' : 'dream.places.useGuide'),
      onclick: () => session.setPlace({ guide: id === guide ? null : id }),
    }, h('img', { src: urls.view(id, 320), alt: '', loading: 'lazy', onerror: ({ target }) => target.closest('li').remove() })))));
  });
  const element = h('div', { class: 'field' },
    h('span', { class: 'label' }, t('dream.places.guide')),
    h('div', { class: 'guide-row' }, choices, h('label', { class: 'button small', htmlFor: file.id }, icon('upload'), t('dream.places.choose')), file),
    h('p', { class: 'hint' }, t('dream.places.guideAbout')));
  markBlamed(session, 'guide', element);
  return element;
}
