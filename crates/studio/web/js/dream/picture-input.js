// Picture input: drop, paste, choose a file, take a photo.

import { h, iconButton } from '../dom.js';
import { nameOf } from './session.js';
import { toast } from '../toast.js';

const isPicture = (file) => file.type.startsWith('image/') || /\.(jpe?g|png|webp|gif|bmp|tiff?|jxl)$/i.test(file.name);

/** The view for training takes drops and pastes itself. */
const isElsewhere = () => location.pathname === '/train';

/** Listens to drops and pastes in the other views; `pick` and `photograph` open the dialogs of the system. */
export function createPictureInput(root, session, actions, open) {
  const chooser = h('input', { type: 'file', accept: 'image/*,.jxl', multiple: true, hidden: true, 'aria-label': 'Choose a picture', id: 'file-input' });
  const camera = h('input', { type: 'file', accept: 'image/*', capture: 'environment', hidden: true, 'aria-label': 'Take a photo' });
  const curtain = h('div', { class: 'drop-curtain', hidden: true }, h('p', null, 'Drop the picture to open it'));
  root.append(chooser, camera);
  document.body.append(curtain);
  for (const input of [chooser, camera]) {
    input.addEventListener('change', () => {
      take([...input.files]);
      input.value = '';
    });
  }

  let depth = 0;
  let fromThePage = false;
  addEventListener('dragstart', () => { fromThePage = true; });
  addEventListener('dragend', () => { fromThePage = false; });
  const carriesFiles = (event) => !isElsewhere() && !fromThePage && event.dataTransfer?.types.includes('Files');
  const lower = () => {
    depth = 0;
    curtain.hidden = true;
  };
  addEventListener('dragenter', (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    curtain.hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (!carriesFiles(event)) return;
    depth -= 1;
    if (depth <= 0) lower();
  });
  addEventListener('dragover', (event) => carriesFiles(event) && event.preventDefault());
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    lower();
    take([...event.dataTransfer.files]);
  });
  addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || isElsewhere()) return;
    event.preventDefault();
    take(files);
  });

  async function take(files) {
    const pictures = files.filter(isPicture);
    if (!pictures.length) {
      if (files.length) toast(`${files[0].name} is not a picture`, { kind: 'error' });
      return;
    }
    const [first, ...others] = pictures;
    root.classList.add('is-opening');
    const opened = await actions.openFile(first);
    root.classList.remove('is-opening');
    if (opened && location.pathname === '/gallery') open('/dream');
    if (others.length) offerQueue(others);
  }

  function offerQueue(files) {
    const many = files.length === 1 ? '1 more picture' : `${files.length} more pictures`;
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'queue-all-title' },
      h('header', null,
        h('h2', { id: 'queue-all-title' }, many),
        iconButton('close', 'Close', () => dialog.close(), { class: 'button icon ghost' })),
      h('p', null, `${first(files)} Add a dream of each to the queue with the current settings (${nameOf(session.look)})?`),
      h('footer', null,
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Skip'),
        h('button', { type: 'button', class: 'button primary', onclick: () => { dialog.close(); actions.queueAll(files); } }, 'Add all to the queue')));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  return { pick: () => chooser.click(), photograph: () => camera.click() };
}

function first(files) {
  const names = files.slice(0, 3).map((file) => file.name).join(', ');
  return files.length > 3 ? `${names}, …` : `${names}.`;
}
