// Keyboard shortcuts of the dream view.

import { isCovered, isTyping } from '../dom.js';

/** Listens to the shortcuts while the view is shown. */
export function listenToKeys(root, session, actions, drawer) {
  const elsewhere = () => root.hidden || session.painting || isCovered();

  addEventListener('keydown', (event) => {
    if (elsewhere() || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) withControl(event);
    else if (!isTyping(event) && !event.altKey) plain(event);
  });

  addEventListener('keyup', (event) => {
    if (event.key === ' ') session.update({ peek: false });
  });

  function withControl(event) {
    if (event.key === 'Enter') {
      event.preventDefault();
      actions.dream();
    } else if (event.key.toLowerCase() === 'z' && !isTyping(event)) {
      event.preventDefault();
      if (event.shiftKey) actions.redo();
      else actions.undo();
    }
  }

  function plain(event) {
    const free = document.activeElement === document.body || document.activeElement?.id === 'main';
    switch (event.key) {
      case 'r': actions.newSeed(); break;
      case 's': drawer.toggle(); break;
      case 'm': if (session.photo) session.update({ painting: true }); break;
      case ' ':
        if (free && session.dream) {
          event.preventDefault();
          session.update({ peek: true });
        }
        break;
      case 'Escape':
        if (drawer.isOpen) drawer.toggle();
        else session.update({ welcome: false });
        break;
      default:
    }
  }
}
