// The panel with the most important settings.

import { networkTitle } from '../catalogue.js';
import { debounce, fill, h, icon, iconButton } from '../dom.js';
import { aboutPreset } from '../help.js';
import { urls } from '../api.js';
import { t } from '../messages.js';
import { markBlamed } from './blame.js';
import { createClasses } from './classes.js';
import { duration } from './progress.js';
import { createWords } from './words.js';
import { PREVIEW_SIDE } from './strip.js';
import { SIZES, changedOptions, nameOf, networkOf, seedOf } from './session.js';
import { createWhere } from './where.js';

/** Creates the panel next to the stage. */
export function createPanel(session, actions, previews, context, drawer) {
  return h('aside', { class: 'dream-panel', 'aria-label': t('dream.panel.label') },
    h('div', { class: 'dream-panel-body' },
      createChosen(session, previews, context.catalogue),
      createSize(session, context.api),
      createWords(session, context.api, { option: 'more', title: t('dream.words.more'), placeholder: t('dream.words.moreExample') }),
      createWords(session, context.api, { option: 'less', title: t('dream.words.less'), placeholder: t('dream.words.lessExample') }),
      createSeed(session, actions),
      createWhere(session),
      createClasses(session, context)),
    createFooter(session, actions, drawer));
}

/** The chosen filter, with a preview of its effect with all settings and masks. */
function createChosen(session, previews, catalogue) {
  const image = h('img', { alt: '' });
  const preview = h('figure', { class: 'chosen-preview skeleton' }, image, h('figcaption', null, t('dream.panel.preview')));
  const name = h('h2');
  const about = h('p', { class: 'dim small' });
  const wrong = h('p', { class: 'wrong small', role: 'status' });
  let shown = null;

  session.watch(['look'], ({ look }) => {
    name.textContent = nameOf(look);
    about.textContent = aboutOf(look, catalogue);
  });
  session.watch(['photo', 'look', 'places', 'settings', 'problem'], ({ photo, look, places, problem }, changed) => {
    wrong.textContent = problem?.detail ?? '';
    // A new photo drops earlier previews.
    if (changed.includes('photo')) shown = null;
    // Settings that the user changed are previewed once the server has accepted them.
    if (!photo || problem || (changed.includes('look') && changedOptions(look).length)) return;
    show(urls.preview(photo.id, look, PREVIEW_SIDE, places));
  });

  async function show(src) {
    if (src === shown) return;
    shown = src;
    preview.classList.add('skeleton');
    const loaded = await previews.load(src, { name: 'chosen', first: true });
    if (src !== shown) return;
    preview.classList.remove('skeleton');
    preview.classList.toggle('is-missing', !loaded);
    if (loaded) image.src = src;
    else image.removeAttribute('src');
  }
  return h('div', { class: 'chosen' }, preview, h('div', null, name, about, wrong));
}

/** What a look is, in words. */
function aboutOf(look, { presets, models }) {
  const network = models.find(({ name }) => name === networkOf(look));
  if (network) return network.own ? t('dream.panel.ownNetwork') : networkTitle(models, network.name);
  const preset = presets.find(({ name }) => name === look.preset);
  return preset ? aboutPreset(preset) : t('dream.panel.ownSettings');
}

/** How long the user may go on choosing before the time is asked for, in milliseconds. */
const PAUSE = 400;

/** The size of the dream, and the time that it will take. */
function createSize(session, api) {
  const extent = h('span');
  const time = h('span', { id: 'forecast' });
  const hint = h('p', { class: 'hint', id: 'size-hint' }, extent, time);
  const choices = SIZES.map(({ side, name }) => {
    const input = h('input', { type: 'radio', name: 'size', value: String(side), onchange: () => session.update({ size: side }) });
    return { side, input, label: h('label', { title: side ? t('dream.panel.side', { side }) : t('dream.panel.ofPhoto') }, input, h('span', null, name)) };
  });
  session.watch(['size', 'photo'], ({ size, photo }) => {
    const known = SIZES.some(({ side }) => side === size);
    for (const { side, input } of choices) input.checked = side === size;
    if (!photo) return;
    const scale = Math.min(1, (size ?? Infinity) / Math.max(photo.width, photo.height));
    const pixels = (side) => Math.round(side * scale);
    extent.textContent = t(known ? 'dream.panel.extent' : 'dream.panel.extentOfDream', { width: pixels(photo.width), height: pixels(photo.height) });
  });
  let asked = new AbortController();
  const measure = debounce(PAUSE, async () => {
    const { photo, look, size: side, problem } = session;
    if (!photo || problem) return;
    asked = new AbortController();
    try {
      const { seconds } = await api.get(urls.forecast(photo.id, look, side), { signal: asked.signal });
      time.textContent = t('dream.panel.forecast', { time: duration(seconds) });
    } catch {
      // A dream can start without its forecast.
    }
  });
  session.watch(['size', 'photo', 'look'], () => {
    asked.abort();
    time.textContent = '';
    measure();
  });
  return h('fieldset', { class: 'field' },
    h('legend', { class: 'label' }, t('dream.panel.size')),
    h('div', { class: 'tabs' }, choices.map(({ label }) => label)), hint);
}

function createSeed(session, actions) {
  const input = h('input', {
    type: 'number', id: 'seed', min: 0, step: 1, inputMode: 'numeric',
    onchange: () => session.setOption('seed', input.value.trim() || undefined),
  });
  session.watch(['look'], ({ look }) => { input.value = seedOf(look); });
  const element = h('div', { class: 'field' }, h('div', { class: 'in-line' },
    h('label', { class: 'label', htmlFor: 'seed', title: t('dream.panel.seedTitle') }, t('dream.panel.seed')),
    input, iconButton('dice', t('dream.panel.newSeed'), actions.newSeed)));
  markBlamed(session, 'seed', element);
  return element;
}

function createFooter(session, actions, drawer) {
  const label = h('span', null, t('dream.panel.dream'));
  const count = h('span', { class: 'badge', hidden: true });
  const settings = h('button', { type: 'button', class: 'button', id: 'all-settings', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: () => drawer.toggle() },
    icon('sliders'), h('span', null, t('dream.panel.advanced')), count);
  const button = h('button', { type: 'button', class: 'button primary', id: 'dream-button', title: t('dream.panel.dreamTitle'), 'aria-describedby': 'size-hint', onclick: actions.dream }, icon('spark'), label);
  drawer.openedBy(settings);
  session.watch(['photo', 'problem', 'job'], ({ photo, problem, job }) => {
    const running = job && ['queued', 'running'].includes(job.state);
    label.textContent = t(running ? 'dream.panel.queue' : 'dream.panel.dream');
    button.setAttribute('aria-disabled', String(!photo || Boolean(problem)));
  });
  session.watch(['look'], ({ look }) => {
    const changed = changedOptions(look).length;
    count.hidden = !changed;
    fill(count, String(changed), h('span', { class: 'visually-hidden' }, t('dream.panel.changed')));
  });
  return h('footer', { class: 'dream-panel-footer' }, settings, button);
}
