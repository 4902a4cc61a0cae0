// The whole dream as a command line, to copy.

import { debounce, h, icon } from '../dom.js';
import { toast, toastProblem } from '../toast.js';

/** Makes it; it follows the session. */
export function createCommand(session, api) {
  const line = h('code', { tabIndex: 0, 'aria-label': 'The command line' });
  const copy = h('button', { type: 'button', class: 'button small', id: 'copy-command', onclick: async () => {
    try {
      await navigator.clipboard.writeText(line.textContent.trim());
      toast('Copied');
    } catch {
      getSelection().selectAllChildren(line);
      toast('Press Ctrl+C to copy what is marked');
    }
  } }, icon('copy'), 'Copy as command line');

  function say(text, good) {
    // An option breaks from the line with all its letters.
    line.replaceChildren(...text.split(' ').flatMap((word) => [h('span', { class: 'word' }, word), ' ']));
    line.classList.toggle('wrong', !good);
    copy.disabled = !good;
  }

  const ask = debounce(200, async () => {
    const { photo, look, places, size } = session;
    if (!photo) return;
    try {
      const { command } = await api.post('/api/command', { photo_name: photo.name, look, places, ...(size && { size }) });
      say(command, true);
    } catch (problem) {
      if (problem.status === 422) say(problem.detail, false);
      else toastProblem(problem);
    }
  });
  session.watch(['photo', 'look', 'places', 'size'], ask);
  return h('div', { class: 'command' }, line, copy);
}
