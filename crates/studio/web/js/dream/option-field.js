// The field of an option of the catalogue: its value, its help, and a button to reset it.

import { networkTitle } from '../catalogue.js';
import { fill, h, iconButton, setVars, uniqueId } from '../dom.js';
import { helpOf, optionTitle } from '../help.js';
import { t } from '../messages.js';
import { markBlamed } from './blame.js';
import { createLayerPicker } from './layer-picker.js';
import { createWords } from './words.js';
import { api } from '../api.js';

/** Makes the field. */
export function createOptionField(option, session, { catalogue: { models, options }, state }) {
  if (option.name === 'more' || option.name === 'less') {
    return createWords(session, api, { option: option.name, title: optionTitle(option.name), placeholder: t('dream.option.word') });
  }
  const id = uniqueId('option');
  const set = (value) => {
    const others = options.filter((other) => isGiven(value) && excludes(option, other)).map(({ name }) => name);
    const kept = Object.entries(session.look.options).filter(([name]) => !others.includes(name));
    session.update({ look: { ...session.look, options: Object.fromEntries(kept) } });
    session.setOption(option.name, value);
  };
  const control = controlOf(option, id, set, session, models, state);
  const reset = iconButton('reset', t('dream.option.reset', { name: optionTitle(option.name) }), () => session.setOption(option.name, undefined), { class: 'button icon ghost small reset' });
  const element = h('div', { class: 'field option' },
    h('div', { class: 'option-head' }, h(control.isGroup ? 'span' : 'label', { class: 'label', htmlFor: control.isGroup ? null : id, id: `${id}-label` }, optionTitle(option.name)), h('code', { class: 'dim' }, `--${option.name}`), reset),
    control.element, h('p', { class: 'hint', id: `${id}-about` }, helpOf(option)));

  session.watch(['look', 'settings'], ({ look, settings }) => {
    const given = look.options[option.name];
    const changed = given !== undefined;
    element.classList.toggle('is-changed', changed);
    reset.hidden = !changed;
    control.show(given ?? settings[option.name]);
  });
  markBlamed(session, option.name, element);
  return element;
}

const isGiven = (value) => value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && !value.length);

const excludes = (one, other) => one.instead_of.includes(other.name) || other.instead_of.includes(one.name);

function controlOf(option, id, set, session, models, state) {
  const described = { id, 'aria-describedby': `${id}-about` };
  if (option.name === 'layer') return createLayerPicker(session, models, set, id);
  if (option.name === 'model') return modelChoice(models, described, set, state);
  if (option.kind === 'flag') return flag(described, set);
  if (option.kind === 'choice' && option.choices) return choice(option.choices.map((name) => [name, name]), described, set);
  if (option.kind === 'many') return many(option, described, set);
  return option.suggested ? number(option.suggested, described, set) : text(option, described, set);
}

/** The networks to choose from, which may change. */
function modelChoice(models, described, set, state) {
  const control = choice([], described, set);
  let shown;
  const draw = () => {
    fill(control.element, models.map(({ name }) => h('option', { value: name }, networkTitle(models, name))));
    control.show(shown);
  };
  draw();
  state.on(({ models: changed }) => changed && draw());
  return { element: control.element, show: (value) => { shown = value; control.show(value); } };
}

function choice(choices, described, set) {
  const element = h('select', { ...described, onchange: () => set(element.value) }, choices.map(([value, name]) => h('option', { value }, name)));
  return { element, show: (value) => { if (value !== undefined) element.value = value; } };
}

function flag(described, set) {
  const input = h('input', { type: 'checkbox', ...described, onchange: () => set(input.checked) });
  return { element: h('span', { class: 'check' }, input, t('dream.option.yes')), show: (value) => { input.checked = value === true; } };
}

function number({ min, max, step }, described, set) {
  const slide = h('input', { type: 'range', class: 'slider', min, max, step, 'aria-labelledby': described.id.concat('-label') });
  const input = h('input', { type: 'text', inputMode: 'decimal', ...described, onchange: () => set(input.value.trim()) });
  slide.addEventListener('input', () => {
    input.value = slide.value;
    setVars(slide, { fill: shareOf(slide) });
  });
  slide.addEventListener('change', () => set(slide.value));
  return {
    element: h('div', { class: 'number' }, slide, input),
    show(value) {
      if (value === undefined) return;
      input.value = value;
      slide.value = value;
      setVars(slide, { fill: shareOf(slide) });
    },
  };
}

const shareOf = ({ value, min, max }) => `${((value - min) / (max - min)) * 100}%`;

function text(option, described, set) {
  const list = option.examples.length ? h('datalist', { id: `${described.id}-list` }, option.examples.map((value) => h('option', { value }))) : null;
  const input = h('input', {
    type: 'text', ...described, spellcheck: false, autocomplete: 'off', placeholder: option.takes,
    list: list?.id, onchange: () => set(input.value.trim()),
  });
  return { element: h('div', null, input, list), show: (value) => { input.value = value ?? ''; } };
}

/** Several values: one line each, and an empty one for the next. */
function many(option, described, set) {
  const element = h('div', { class: 'many', role: 'group', 'aria-labelledby': `${described.id}-label` });
  const values = () => [...element.querySelectorAll('input')].map((input) => input.value.trim()).filter(Boolean);
  return {
    element,
    isGroup: true,
    show(value) {
      const wanted = [value ?? []].flat().map(String);
      if (element.children.length && wanted.join('\n') === values().join('\n')) return;
      fill(element, [...wanted, ''].map((one, at) => h('input', {
        type: 'text', value: one, placeholder: option.takes, spellcheck: false, autocomplete: 'off',
        'aria-label': t('dream.option.numbered', { name: optionTitle(option.name), n: at + 1 }), onchange: () => set(values()),
      })));
    },
  };
}
