// Drops of files in the view for training.

import { droppedFiles } from './files.js';
import { toastProblem } from '../toast.js';

/** Listens to drops and pastes while the view is shown. `section()` is the shown part, which takes what is dropped outside the zones. */
export function listenToDrops(root, section) {
  const zones = new WeakMap();
  let fromThePage = false;
  let over = null;
  let depth = 0;

  const isOurs = (event) => !root.hidden && !fromThePage && !document.querySelector('dialog[open]') && event.dataTransfer?.types.includes('Files');

  /** The zone at a place, or the shown part. */
  function zoneAt(target) {
    let element = target;
    while (element && !zones.has(element)) element = element.parentElement;
    return element ?? section();
  }

  function mark(zone) {
    if (over === zone) return;
    over?.classList.remove('is-over');
    zone?.classList.add('is-over');
    over = zone;
  }

  function end() {
    depth = 0;
    root.classList.remove('is-dropping');
    mark(null);
  }

  addEventListener('dragstart', () => { fromThePage = true; });
  addEventListener('dragend', () => { fromThePage = false; });
  addEventListener('dragenter', (event) => {
    if (!isOurs(event)) return;
    depth += 1;
    root.classList.add('is-dropping');
  });
  addEventListener('dragleave', (event) => {
    if (!isOurs(event)) return;
    depth -= 1;
    if (depth <= 0) end();
  });
  addEventListener('dragover', (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    mark(zoneAt(event.target));
  });
  addEventListener('drop', (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    const take = zones.get(zoneAt(event.target));
    end();
    droppedFiles(event.dataTransfer).then((found) => found.length && take(found)).catch(toastProblem);
  });
  addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (root.hidden || !files.length) return;
    event.preventDefault();
    zones.get(zoneAt(document.activeElement))(files.map((file) => ({ file, path: [file.name] })));
  });

  /** Files that are dropped on an element go to `take`: [{ file, path }]. */
  return (element, take) => { zones.set(element, take); };
}
