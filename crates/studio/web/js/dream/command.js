// The dream as a command line to copy.

import { debounce, h, icon } from '../dom.js';
import { t } from '../messages.js';
import { toast, toastProblem } from '../toast.js';

/** Creates the command line, which follows the session. */
export function createCommand(session, api) {
  const line = h('code', { tabIndex: 0, 'aria-label': t('common.commandLine') });
  const copy = h('button', { type: 'button', class: 'button small', id: 'copy-command', onclick: async () => {
    try {
      await navigator.clipboard.writeText(line.textContent.trim());
      toast(t('common.copied'));
    } catch {
      getSelection().selectAllChildren(line);
      toast(t('dream.command.select'));
    }
  } }, icon('copy'), t('common.copyCommand'));

  function show(text, good) {
    // Lines break only between words, not inside an option.
    line.replaceChildren(...text.split(' ').flatMap((word) => [h('span', { class: 'word' }, word), ' ']));
    line.classList.toggle('wrong', !good);
    copy.disabled = !good;
  }

  const refresh = debounce(200, async () => {
    const { photo, look, places, size } = session;
    if (!photo) return;
    try {
      const { command } = await api.post('/api/command', { photo_name: photo.name, look, places, ...(size && { size }) });
      show(command, true);
    } catch (problem) {
      if (problem.status === 422) show(problem.detail, false);
      else toastProblem(problem);
    }
  });
  session.watch(['photo', 'look', 'places', 'size'], refresh);
  return h('div', { class: 'command' }, line, copy);
}
