// The view for training: its first page, a training, or a network to try.

import { listenToDrops } from './drops.js';
import { homePage } from './home.js';
import { toastProblem } from '../toast.js';
import { trainingPage } from './training.js';
import { tryPage } from './try.js';

let view = null;

/** Creates the view. */
export function mount(root, context) {
  let shown = null;
  let isNew = null;
  const zone = listenToDrops(root, () => shown?.element);
  const training = trainingPage(context, zone);
  const attempt = tryPage(context, zone);
  const home = homePage(context, zone, begin);
  root.classList.add('train');
  root.append(home.element, training.element, attempt.element);

  /** Opens a new training with files for its classes. */
  async function begin({ id }, files) {
    isNew = files.size ? null : id;
    context.open(`/train?id=${id}`);
    if (!files.size) return;
    try {
      await training.show(id);
      for (const [name, list] of files) {
        if (name === null) training.addTo(training.training.classes[0].id, list);
        else await training.take(list.map((file) => ({ file, path: [name, file.name] })));
      }
    } catch (problem) {
      toastProblem(problem);
    }
  }

  async function show(params) {
    const id = params.get('id');
    const network = params.get('network');
    const next = id ? training : network ? attempt : home;
    if (shown !== next) {
      shown?.hide?.();
      root.scrollTop = 0;
    }
    shown = next;
    try {
      await next.show(id ?? network);
    } catch (problem) {
      if (next === home) throw problem;
      context.open('/train', { replace: true });
      throw problem;
    } finally {
      if (shown === next) for (const page of [home, training, attempt]) page.element.hidden = page !== next;
    }
    if (id && isNew === id) {
      isNew = null;
      training.focus();
    }
  }

  view = { show, hide: () => attempt.hide() };
}

/** Shows what the URL parameters name. */
export const show = (params) => view.show(params);

/** Closes the camera. */
export const hide = () => view.hide();
