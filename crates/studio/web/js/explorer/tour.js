/** A tour of the explorer: six steps, each about a part of the page, which it frames. */
import { calm, h, icon } from '../dom.js';
import { t } from '../messages.js';

const KEY = 'oneiric.tour';
/** Screens up to this width have one column. */
const PHONE = 720;

/**
 * Create the tour. A stop is { name, target, arrive? }: the element to frame, and what to do there first. Texts are
 * `explorer.tour.NAME.title` and `.text`.
 */
export function tour(stops) {
  const title = h('h2', { tabIndex: -1, id: 'tour-title' });
  const text = h('p', {});
  const count = h('p', { class: 'learn-eyebrow' });
  const back = h('button', { type: 'button', class: 'button small', onclick: () => go(at - 1) }, t('explorer.tour.back'));
  const next = h('button', { type: 'button', class: 'button small primary', onclick: () => go(at + 1) });
  const card = h('div', { class: 'tour card', role: 'dialog', 'aria-labelledby': 'tour-title', hidden: true },
    count, title, text,
    h('div', { class: 'tour-buttons' },
      h('button', { type: 'button', class: 'button small ghost', onclick: () => end() }, t('explorer.tour.end')), back, next));
  const button = h('button', { type: 'button', class: 'button ghost small', onclick: begin }, icon('play'), t('explorer.tour.begin'));
  const offer = h('div', { class: 'tour-offer', role: 'note', hidden: localStorage.getItem(KEY) !== null },
    h('p', {}, t('explorer.tour.offer')),
    h('button', { type: 'button', class: 'button small primary', onclick: begin }, t('explorer.tour.take')),
    h('button', { type: 'button', class: 'button small ghost', onclick: decline }, t('explorer.tour.decline')));
  let at = -1;

  function decline() {
    localStorage.setItem(KEY, 'offered');
    offer.hidden = true;
  }

  function begin() {
    decline();
    go(0);
  }

  async function go(step) {
    unframe();
    if (step < 0 || step >= stops.length) { end(); return; }
    at = step;
    const { name, target, arrive } = stops[step];
    await arrive?.();
    if (at !== step) return;
    count.textContent = t('explorer.tour.step', { step: step + 1, steps: stops.length });
    title.textContent = t(`explorer.tour.${name}.title`);
    text.textContent = t(`explorer.tour.${name}.text`);
    back.disabled = step === 0;
    next.textContent = t(step + 1 < stops.length ? 'explorer.tour.next' : 'explorer.tour.done');
    card.hidden = false;
    target.classList.add('tour-target');
    // On a phone the card covers the lower part of the screen.
    target.scrollIntoView({ block: innerWidth < PHONE ? 'start' : 'nearest', behavior: calm() ? 'auto' : 'smooth' });
    title.focus({ preventScroll: true });
  }

  const unframe = () => stops.forEach(({ target }) => target.classList.remove('tour-target'));

  function end() {
    unframe();
    if (at < 0) return;
    at = -1;
    card.hidden = true;
    button.focus();
  }

  card.addEventListener('keydown', (event) => {
    const keys = { Escape: end, ArrowRight: () => go(at + 1), ArrowLeft: () => at > 0 && go(at - 1) };
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });

  return { button, offer, card, end };
}
