// The dream view: the picture, filters below it, settings next to it.

import { h } from '../dom.js';
import { t } from '../messages.js';
import { createActions } from './actions.js';
import { showBlamed, showOption } from './blame.js';
import { createBar } from './bar.js';
import { createDrawer } from './drawer.js';
import { createPictureInput } from './picture-input.js';
import { createMaskEditor } from './mask/editor.js';
import { createPanel } from './panel.js';
import { createPreviews } from './previews.js';
import { createSession } from './session.js';
import { createStage } from './stage.js';
import { createStrip } from './strip.js';
import { saveSettings, savedSettings } from './saved-settings.js';
import { listenToKeys } from './keys.js';
import { resolveLooks } from './resolve.js';
import { toastProblem } from '../toast.js';

let session;
let actions;
let view;
let drawer;
/** The saved settings if the page was reloaded, otherwise null. */
let beforeReload = null;

/** Creates the view. */
export function mount(root, context) {
  const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  if (isReload && isHere()) beforeReload = savedSettings();
  session = createSession(context.catalogue, savedSettings().look);
  actions = createActions(session, context, (problem) => {
    if (!showBlamed(session, problem, view, drawer)) toastProblem(problem);
  });
  resolveLooks(session, context.api);
  drawer = createDrawer(session, actions, context);
  const pictureInput = createPictureInput(root, session, actions, context.open);
  const previews = createPreviews(session, context.catalogue);
  const stage = createStage(session, actions, previews, context, pictureInput);
  view = h('div', { class: 'dream' },
    stage.element,
    createBar(session, actions, pictureInput),
    createStrip(session, actions, previews, context),
    createPanel(session, actions, previews, context, drawer));
  createMaskEditor(view, stage.frame, session, context);
  root.append(h('h1', { class: 'visually-hidden' }, t('dream.title')), view, drawer.element);
  listenToKeys(root, session, actions, drawer);
  session.watch(['photo', 'look', 'places'], saveSettings);
  session.watch(['job'], ({ job }) => {
    if (!root.hidden) document.title = job?.progress ? t('dream.documentTitle', { n: Math.round(job.progress.done * 100) }) : 'Oneiric';
  });
  session.watch(['photo', 'job', 'dream'], () => {
    if (!root.hidden) showAddress();
  });
}

/** Shows what the address names: a job, a dream or a photo; otherwise what was shown before. An `option` opens its field. */
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
  restoreSettings();
  showAddress();
  if (params.has('option')) showOption(params.get('option'), drawer);
}

/** Restores the settings that were changed on this photo before the page was reloaded. */
function restoreSettings() {
  if (beforeReload?.photo && beforeReload.photo === session.photo?.id) {
    session.update({ look: beforeReload.look, places: beforeReload.places, layers: [] });
  }
  beforeReload = null;
}

/** The saved places, if they belong to this photo. */
const placesOf = (photo) => (savedSettings().photo === photo ? { places: savedSettings().places } : {});

const isHere = () => ['/', '/dream'].includes(location.pathname);

/** Writes to the address what a reload needs. */
function showAddress() {
  const { photo, job, dream } = session;
  if (!photo || !isHere()) return;
  const params = new URLSearchParams({ photo: photo.id });
  if (job) params.set('job', job.id);
  else if (dream) params.set('dream', dream.id);
  history.replaceState(null, '', `/dream?${params}`);
}
