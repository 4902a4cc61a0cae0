/** Reorders queued jobs by dragging. */

const TYPE = 'application/x-oneiric-job';

/** Make the items of a list draggable. `drop(job, before)` gets the id of the dragged job and that of the job after it, or null. */
export function draggable(list, drop) {
  let dragged = null;
  const mark = (item, side) => {
    for (const one of list.children) one.classList.remove('drop-above', 'drop-below');
    if (item && item !== dragged) item.classList.add(side);
  };
  const sideOf = (item, event) => {
    const { top, height } = item.getBoundingClientRect();
    return event.clientY < top + height / 2 ? 'drop-above' : 'drop-below';
  };

  list.addEventListener('dragstart', (event) => {
    dragged = event.target.closest?.('[data-job]') ?? null;
    if (!dragged) return;
    event.dataTransfer.setData(TYPE, dragged.dataset.job);
    event.dataTransfer.effectAllowed = 'move';
    dragged.classList.add('dragged');
  });
  list.addEventListener('dragover', (event) => {
    const item = event.target.closest('[data-job]');
    if (!dragged || !item) return;
    event.preventDefault();
    event.stopPropagation();
    mark(item, sideOf(item, event));
  });
  list.addEventListener('drop', (event) => {
    const item = event.target.closest('[data-job]');
    if (!dragged || !item) return;
    event.preventDefault();
    event.stopPropagation();
    const before = sideOf(item, event) === 'drop-above' ? item : item.nextElementSibling;
    if (item !== dragged && before !== dragged) drop(dragged.dataset.job, before?.dataset.job ?? null);
  });
  list.addEventListener('dragend', () => {
    dragged?.classList.remove('dragged');
    dragged = null;
    mark(null);
  });
}
