// Which chapters the visitor has finished, kept in the browser.

const KEY = 'oneiric.learn.done';

const done = () => new Set((localStorage.getItem(KEY) ?? '').split(' ').filter(Boolean));

/** Whether both questions of a chapter have been answered. */
export const isDone = (name) => done().has(name);

/** Remembers that they have been. */
export function finish(name) {
  localStorage.setItem(KEY, [...done().add(name)].join(' '));
}
