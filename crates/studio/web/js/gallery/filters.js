/** The gallery's search: text, filters, class, dates, favourites. */
import { debounce, h, icon } from '../dom.js';
import { t } from '../messages.js';
import { filterName } from './describe.js';

const PAUSE = 200;

/** Create the search bar. `changed(query)` is called when the user has changed it. */
export function filters(changed) {
  let query = {};
  let occurring = [];

  const notify = debounce(PAUSE, () => changed(query));
  const ask = (part) => {
    query = Object.fromEntries(Object.entries({ ...query, ...part }).filter(([, value]) => value));
    draw();
    notify();
  };
  const field = (name, props) => {
    const input = h('input', props);
    input.addEventListener('input', () => ask({ [name]: input.value.trim() }));
    return input;
  };

  const inputs = {
    q: field('q', { type: 'search', 'aria-label': t('gallery.search'), placeholder: t('gallery.searchExample'), enterkeyhint: 'search' }),
    class: field('class', { type: 'search', id: 'gallery-class', placeholder: t('gallery.classExample') }),
    after: field('after', { type: 'date', id: 'gallery-after' }),
    before: field('before', { type: 'date', id: 'gallery-before' }),
  };
  const favourites = h('button', { class: 'chip', type: 'button' }, icon('star'), t('gallery.favourites'));
  favourites.addEventListener('click', () => ask({ favourite: query.favourite ? '' : 'true' }));

  const more = h('div', { class: 'gallery-more', id: 'gallery-more', hidden: true },
    h('label', { for: 'gallery-class' }, t('gallery.sees'), inputs.class),
    h('label', { for: 'gallery-after' }, t('gallery.from'), inputs.after),
    h('label', { for: 'gallery-before' }, t('gallery.to'), inputs.before));
  const moreButton = h('button', { class: 'chip', type: 'button', 'aria-expanded': 'false', 'aria-controls': 'gallery-more' },
    icon('sliders'), t('gallery.classAndDate'));
  moreButton.addEventListener('click', () => {
    more.hidden = !more.hidden;
    moreButton.setAttribute('aria-expanded', String(!more.hidden));
    if (!more.hidden) inputs.class.focus();
  });

  const chips = h('div', { class: 'gallery-chips', role: 'group', 'aria-label': t('gallery.filters') });
  const element = h('search', { class: 'gallery-filters' },
    h('div', { class: 'gallery-search' }, icon('search'), inputs.q), favourites, moreButton, chips, more);

  function draw() {
    favourites.setAttribute('aria-pressed', String(Boolean(query.favourite)));
    moreButton.classList.toggle('used', Boolean(query.class || query.after || query.before));
    for (const chip of chips.children) chip.setAttribute('aria-pressed', String(chip.dataset.filter === query.filter));
  }

  /** Show the available filters. */
  function offer(names) {
    const all = [...new Set([...names, query.filter].filter(Boolean))].sort();
    if (all.join() !== occurring.join()) {
      occurring = all;
      chips.replaceChildren(...all.map((name) => {
        const chip = h('button', { class: 'chip', type: 'button', dataset: { filter: name } }, filterName(name));
        chip.addEventListener('click', () => ask({ filter: query.filter === name ? '' : name }));
        return chip;
      }));
    }
    draw();
  }

  /** Show a query, for example from the URL. */
  function show(shown) {
    query = { ...shown };
    for (const [name, input] of Object.entries(inputs)) {
      if (input.value.trim() !== (query[name] ?? '')) input.value = query[name] ?? '';
    }
    if (query.class || query.after || query.before) {
      more.hidden = false;
      moreButton.setAttribute('aria-expanded', 'true');
    }
    offer(occurring);
  }

  return { element, show, offer, search: inputs.q };
}
