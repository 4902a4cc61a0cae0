// Starts the page: sets up what all views share, and switches between them.

import { api } from './api.js';
import { applyAppearance } from './appearance.js';
import { followNetworks } from './catalogue.js';
import { mountClassroom } from './classroom.js';
import { isCovered } from './dom.js';
import { connect } from './events.js';
import { mountMenu } from './menu.js';
import { fillTexts, t } from './messages.js';
import { mountShortcuts } from './shortcuts.js';
import { toast, toastProblem } from './toast.js';

/** Loads the module of each view. */
const VIEWS = {
  dream: () => import('./dream/view.js'),
  explorer: () => import('./explorer/explorer.js'),
  gallery: () => import('./gallery/gallery.js'),
  train: () => import('./train/train.js'),
  learn: () => import('./learn/learn.js'),
};

const mounted = new Map();
let current = null;

/** The state that all views share: the current photo. Listeners also hear of new `models`. */
function sharedState() {
  const listeners = new Set();
  return {
    photo: null,
    set(patch) {
      Object.assign(this, patch);
      for (const listener of [...listeners]) listener(patch);
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The view of a path, such as `learn` of `/learn/filters`; null if it has none. */
function viewOf(path) {
  const name = path.split('/')[1] || 'dream';
  return Object.hasOwn(VIEWS, name) ? name : null;
}

async function start() {
  applyAppearance();
  fillTexts();
  // Load the view's modules in parallel with the catalogue; `mount` reports errors.
  VIEWS[viewOf(location.pathname) ?? 'dream']().catch(() => {});
  const openShortcuts = mountShortcuts();
  mountMenu(document.getElementById('menu-button'), openShortcuts);
  const events = connect('/api/events');
  const offline = document.getElementById('offline');
  events.on('connection', (connected) => { offline.hidden = connected; });
  let catalogue;
  try {
    catalogue = await api.get('/api/catalogue');
  } catch (problem) {
    toastProblem(problem);
    events.on('connection', (connected) => connected && location.reload());
    return;
  }
  const context = { api, events, catalogue, toast, open, state: sharedState() };
  addEventListener('popstate', () => show(context));
  addEventListener('click', (event) => followLink(event));
  addEventListener('oneiric:open', () => show(context));
  followNetworks(context);
  if (catalogue.classroom) await mountClassroom(context).catch(toastProblem);
  mountQueue(context).catch(toastProblem);
  mountSearch(context, openShortcuts);
  await show(context);
  // The dream view also handles pictures that are dropped or pasted in other views.
  mount('dream', context).catch(toastProblem);
}

/** Opens a path of the page, such as `/dream?photo=…`. */
function open(path, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  dispatchEvent(new Event('oneiric:open'));
}

function followLink(event) {
  const link = event.target.closest?.('a[href]');
  const elsewhere = event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.hash || !viewOf(url.pathname)) return;
  event.preventDefault();
  open(url.pathname + url.search);
  document.getElementById('main').focus({ preventScroll: true });
}

async function show(context) {
  const name = viewOf(location.pathname) ?? 'dream';
  try {
    const view = await mount(name, context);
    if (name !== (viewOf(location.pathname) ?? 'dream')) return;
    if (current !== name) switchTo(name);
    await view.show(new URLSearchParams(location.search));
  } catch (problem) {
    toastProblem(problem);
  }
}

function mount(name, context) {
  if (!mounted.has(name)) {
    const load = async () => {
      const view = await VIEWS[name]();
      await view.mount(document.getElementById(`view-${name}`), context);
      return view;
    };
    mounted.set(name, load().catch((problem) => {
      mounted.delete(name);
      throw problem;
    }));
  }
  return mounted.get(name);
}

function switchTo(name) {
  if (current) mounted.get(current)?.then((view) => view.hide?.());
  current = name;
  document.title = name === 'dream' ? 'Oneiric' : `${t(`shell.${name}`)} · Oneiric`;
  for (const view of Object.keys(VIEWS)) document.getElementById(`view-${view}`).hidden = view !== name;
  for (const link of document.querySelectorAll('.shell-nav a')) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

async function mountQueue(context) {
  const { mount: mountIn } = await import('./queue.js');
  const button = document.getElementById('queue-button');
  mountIn(button, context);
  // An earlier click would have no effect.
  button.disabled = false;
}

/** Opens the search with its button and with Ctrl+K. */
function mountSearch(context, openShortcuts) {
  const places = { openShortcuts, openQueue: () => document.getElementById('queue-button').click() };
  let dialog = null;
  const openSearch = async () => {
    if (isCovered()) return;
    const search = await import('./search/search.js');
    dialog = search.openSearch(context, places);
  };
  document.getElementById('search-button').addEventListener('click', () => openSearch().catch(toastProblem));
  addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (dialog?.open) dialog.close();
    else openSearch().catch(toastProblem);
  });
}

start();
