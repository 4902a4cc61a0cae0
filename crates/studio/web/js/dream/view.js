// The dream view: the picture in the middle, filters below, what steers the dream beside it.

import { h } from '../dom.js';
import { createActions } from './actions.js';
import { createBar } from './bar.js';
import { createDrawer } from './drawer.js';
import { createIntake } from './intake.js';
import { createMaskEditor } from './mask/editor.js';
import { createPanel } from './panel.js';
import { createPreviews } from './previews.js';
import { createSession } from './session.js';
import { createStage } from './stage.js';
import { createStrip } from './strip.js';
import { keep, kept } from './kept.js';
import { listenToKeys } from './keys.js';
import { resolveLooks } from './resolve.js';
import { toastProblem } from '../toast.js';

let session;
let actions;
let view;
/** What was set when the page was left to be loaded anew; nothing if it was opened. */
let left = null;

/** Builds the view. */
export function mount(root, context) {
  const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  if (isReload && isHere()) left = kept();
  session = createSession(context.catalogue, kept().look);
  actions = createActions(session, context);
  resolveLooks(session, context.api);
  const drawer = createDrawer(session, actions, context);
  const intake = createIntake(root, session, actions, context.open);
  const previews = createPreviews(session);
  const stage = createStage(session, actions, previews, context, intake);
  view = h('div', { class: 'dream' },
    stage.element,
    createBar(session, actions, intake),
    createStrip(session, actions, previews, context.catalogue),
    createPanel(session, actions, previews, context, drawer));
  createMaskEditor(view, stage.frame, session, context);
  root.append(h('h1', { class: 'visually-hidden' }, 'Dream'), view, drawer.element);
  listenToKeys(root, session, actions, drawer);
  session.watch(['photo', 'look', 'places'], keep);
  session.watch(['job'], ({ job }) => {
    if (!root.hidden) document.title = job?.progress ? `${Math.round(job.progress.done * 100)} % · Oneiric` : 'Oneiric';
  });
  session.watch(['photo', 'job', 'dream'], () => {
    if (!root.hidden) showAddress();
  });
}

/** Shows what the address asks for: a job, a dream, a photo, or what was there. */
export async function show(params) {
  const [job, dream, photo, look, parent] = ['job', 'dream', 'photo', 'look', 'parent'].map((name) => params.get(name));
  try {
    if (job) {
      if (session.job?.id !== job) await actions.resume(job);
    } else if (dream) {
      if (session.dream?.id !== dream) await actions.openDream(dream);
    } else if (photo) {
      const settings = { parent, ...(look ? { look: JSON.parse(look) } : placesOf(photo)) };
      if (look || session.photo?.id !== photo) await actions.openId(photo, settings);
    } else if (!session.photo) {
      await actions.begin();
    }
  } catch (problem) {
    toastProblem(problem);
    if (!session.photo) await actions.begin().catch(toastProblem);
  }
  bringBack();
  showAddress();
}

/** What was changed on the photo, and not dreamed yet, when the page was loaded anew. */
function bringBack() {
  if (left?.photo && left.photo === session.photo?.id) session.update({ look: left.look, places: left.places, layers: [] });
  left = null;
}

/** Where it grew on the same photo, before the page was loaded anew. */
const placesOf = (photo) => (kept().photo === photo ? { places: kept().places } : {});

const isHere = () => ['/', '/dream'].includes(location.pathname);

/** Keeps in the address what a reload has to find again. */
function showAddress() {
  const { photo, job, dream } = session;
  if (!photo || !isHere()) return;
  const params = new URLSearchParams({ photo: photo.id });
  if (job) params.set('job', job.id);
  else if (dream) params.set('dream', dream.id);
  history.replaceState(null, '', `/dream?${params}`);
}
