/** The view of a single dream: the picture, its name, how it was made, what the network sees, and actions. */
import { api, urls } from '../api.js';
import { classBarsBeforeAfter } from '../bars.js';
import { networkTitle } from '../catalogue.js';
import { fill, h, icon, iconButton, isTyping } from '../dom.js';
import { rich, t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { starButton } from './star.js';
import { swipes } from './swipe.js';
import { chosen, duration, filterName, lookName, moment, optionName, optionValue } from './describe.js';

const SIDE = 1600;
const FORMATS = [['png', 'PNG'], ['jpeg', 'JPEG'], ['webp', 'WebP']];

/** The name of a dream with its look. */
const nameOf = (dream) => t('gallery.single.named', { name: dream.name, look: lookName(dream) });

/** Create the view. `actions`: close(), step(by), star(dream), rename(dream, name), remove(dream), pathOf(dream id), neighbours(dream). */
export function single(context, actions) {
  const element = h('article', { class: 'single', hidden: true, tabindex: -1 });
  let dream = null;
  let star = null;

  const link = (href, className, ...children) => h('a', { class: className, href }, ...children);

  /** Show a dream. */
  function show(shown) {
    if (dream?.id === shown.id) { dream = shown; update(); return; }
    dream = shown;
    const stage = drawStage(dream, actions);
    star = starButton('button icon ghost single-star', () => actions.star(dream));
    fill(element, stage, h('div', { class: 'single-side' },
      h('h1', { class: 'visually-hidden' }, t('gallery.single.title')),
      h('div', { class: 'single-head' }, drawName(dream, actions), star.element,
        iconButton('close', t('gallery.single.back'), actions.close, { class: 'button icon ghost' })),
      h('p', { class: 'single-when' }, [moment(dream.created), `${dream.width} × ${dream.height}`, duration(dream.seconds), dream.stopped && t('gallery.single.stopped')]
        .filter(Boolean).join(' · ')),
      drawParent(),
      drawActions(),
      h('section', {}, h('h2', {}, t('gallery.single.how')), drawChosen(dream, context.catalogue)),
      h('section', {}, h('h2', {}, t('common.sees')), classBarsBeforeAfter(dream.classes.before, dream.classes.after)),
      drawEverything(dream, context)));
    element.hidden = false;
    update();
    actions.neighbours(dream).then(([before, after]) => stage.arrows(before, after));
  }

  function update() {
    star.set(dream.favourite);
    const name = element.querySelector('.single-name');
    if (document.activeElement !== name) name.value = dream.name;
  }

  function drawParent() {
    if (!dream.parent) return null;
    const origin = link(actions.pathOf(dream.parent), '', t('gallery.single.another'));
    const line = h('p', { class: 'single-parent' }, icon('branch'), rich('gallery.single.madeFrom', { dream: origin }));
    api.get(`/api/dreams/${dream.parent}`).then(
      (parent) => fill(origin, nameOf(parent)),
      () => fill(line, icon('branch'), t('gallery.single.parentDeleted')));
    return line;
  }

  function drawActions() {
    return h('div', { class: 'single-actions' },
      link(`/dream?photo=${dream.photo}&dream=${dream.id}`, 'button primary', icon('sliders'), t('gallery.single.open')),
      link(`/dream?photo=${dream.picture}&parent=${dream.id}`, 'button', icon('repeat'), t('gallery.single.again')),
      link(`/explorer?photo=${dream.picture}`, 'button', icon('layers'), t('gallery.single.explore')),
      h('button', { class: 'button danger', type: 'button', onclick: () => actions.remove(dream) }, icon('trash'), t('common.delete')),
      h('div', { class: 'single-downloads', role: 'group', 'aria-label': t('common.download') }, icon('download'),
        ...FORMATS.map(([format, name]) => h('a', { class: 'chip', href: urls.download(dream.id, format, 1), download: '', title: t('gallery.single.downloadAs', { format: name }) }, name))));
  }

  const KEYS = {
    ArrowLeft: () => actions.step(-1), ArrowRight: () => actions.step(1), Escape: actions.close,
    f: () => actions.star(dream), Delete: () => actions.remove(dream),
  };
  element.addEventListener('keydown', (event) => {
    if (isTyping(event) || event.altKey || event.ctrlKey || event.metaKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  /** Hide the view. */
  function hide() {
    element.hidden = true;
    dream = null;
    element.replaceChildren();
  }

  return { element, show, hide, get dream() { return dream; } };
}

/** The picture, which shows the photo while held; arrows and swipes move to the next dream. */
function drawStage(dream, actions) {
  const coarse = h('img', { class: 'single-after', src: urls.dream(dream.id, 320), alt: '', draggable: false });
  const after = h('img', { class: 'single-after', src: urls.dream(dream.id, SIDE), alt: nameOf(dream), width: dream.width, height: dream.height, draggable: false });
  const before = h('img', { class: 'single-before', src: urls.view(dream.photo, SIDE), alt: '', draggable: false });
  const frame = h('div', { class: 'single-frame', vars: { ratio: dream.width / dream.height } }, before, coarse, after);
  const button = h('button', { class: 'button single-hold', type: 'button', 'aria-pressed': 'false' }, icon('compare'), t('gallery.single.hold'));
  const hold = (yes) => {
    frame.classList.toggle('held', yes);
    button.setAttribute('aria-pressed', String(yes));
  };
  for (const target of [frame, button]) {
    target.addEventListener('pointerdown', (event) => { if (event.button === 0) { target.setPointerCapture(event.pointerId); hold(true); } });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) target.addEventListener(end, () => hold(false));
    target.addEventListener('contextmenu', (event) => { if (frame.classList.contains('held')) event.preventDefault(); });
  }
  swipes(frame, { begun: () => hold(false), swiped: actions.step });
  const isHoldKey = (event) => event.key === ' ' || event.key === 'Enter';
  button.addEventListener('keydown', (event) => { if (isHoldKey(event)) { event.preventDefault(); hold(true); } });
  button.addEventListener('keyup', (event) => { if (isHoldKey(event)) hold(false); });
  button.addEventListener('blur', () => hold(false));
  const newer = iconButton('chevron-left', t('gallery.single.newer'), () => actions.step(-1), { class: 'button icon single-newer', hidden: true });
  const older = iconButton('chevron-right', t('gallery.single.older'), () => actions.step(1), { class: 'button icon single-older', hidden: true });
  const stage = h('div', { class: 'single-stage' }, frame, newer, older, button);
  stage.arrows = (previous, next) => { newer.hidden = !previous; older.hidden = !next; };
  return stage;
}

/** The editable name. */
function drawName(dream, actions) {
  const input = h('input', { class: 'single-name', value: dream.name, 'aria-label': t('gallery.single.name'), maxlength: 200, spellcheck: false });
  const save = () => {
    const name = input.value.trim();
    if (name && name !== dream.name) actions.rename(dream, name);
    else input.value = dream.name;
  };
  input.addEventListener('change', save);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') input.blur();
    if (event.key !== 'Escape') return;
    input.value = dream.name;
    input.blur();
    event.stopPropagation();
  });
  return input;
}

const row = ({ name, value, about }) => h('div', {}, h('dt', {}, name), h('dd', {}, value, about && h('span', {}, about)));

function drawChosen(dream, catalogue) {
  const rows = chosen(dream, catalogue);
  return h('dl', { class: 'facts' },
    ...(rows.length ? rows : [{ name: t('gallery.rows.filter'), value: filterName(dream.filter) }]).map(row),
    row({ name: t('gallery.rows.network'), value: networkTitle(catalogue.models, dream.model) }),
    row({ name: t('gallery.rows.size'), value: dream.size ? t('common.pixels', { n: dream.size }) : t('gallery.values.sizeOfPhoto') }),
    row({ name: t('gallery.rows.seed'), value: String(dream.seed) }));
}

/** All settings including defaults, and the command line; fetched when opened. */
function drawEverything(dream, context) {
  const settings = h('dl', { class: 'facts' });
  const command = h('code', {});
  const copy = h('button', { class: 'button ghost', type: 'button', onclick: async () => {
    await navigator.clipboard.writeText(command.textContent);
    context.toast(t('common.copied'));
  } }, icon('copy'), t('common.copyCommand'));
  const details = h('details', { class: 'single-everything' }, h('summary', {}, t('gallery.single.all')), settings,
    h('pre', { class: 'single-command', tabindex: 0, 'aria-label': t('common.commandLine') }, command), copy,
    h('a', { class: 'button ghost', href: `/api/dreams/${dream.id}/recipe`, target: '_blank', rel: 'noopener' }, icon('external'), t('gallery.single.recipe')));
  async function load() {
    const [all, line] = await Promise.all([
      api.get(`/api/settings?look=${encodeURIComponent(JSON.stringify(dream.look))}`),
      api.post('/api/command', { photo_name: `${dream.name}.jpg`, look: dream.look, places: dream.places, size: dream.size ?? undefined })]);
    fill(settings, Object.entries(all.settings).map(([name, value]) => row({ name: optionName(name), value: optionValue(value) })));
    command.textContent = line.command;
  }
  details.addEventListener('toggle', () => load().catch(toastProblem), { once: true });
  return details;
}
