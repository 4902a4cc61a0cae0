// Picture input: drop, paste, choose a file, take a photo.

import { h, iconButton } from '../dom.js';
import { t } from '../messages.js';
import { nameOf } from './session.js';
import { toast } from '../toast.js';

const isPicture = (file) => file.type.startsWith('image/') || /\.(jpe?g|png|webp|gif|bmp|tiff?|jxl)$/i.test(file.name);

/** The view for training takes drops and pastes itself. */
const isElsewhere = () => location.pathname === '/train';

/** Listens to drops and pastes in the other views; `pick` and `photograph` open the dialogs of the system. */
export function createPictureInput(root, session, actions, open) {
  const chooser = h('input', { type: 'file', accept: 'image/*,.jxl', multiple: true, hidden: true, 'aria-label': t('common.choosePicture'), id: 'file-input' });
  const camera = h('input', { type: 'file', accept: 'image/*', capture: 'environment', hidden: true, 'aria-label': t('common.takePhoto') });
  const curtain = h('div', { class: 'drop-curtain', hidden: true }, h('p', null, t('dream.input.drop')));
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
      if (files.length) toast(t('dream.input.notPicture', { name: files[0].name }), { kind: 'error' });
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
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'queue-all-title' },
      h('header', null,
        h('h2', { id: 'queue-all-title' }, t('dream.input.more', { n: files.length })),
        iconButton('close', t('common.close'), () => dialog.close(), { class: 'button icon ghost' })),
      h('p', null, t('dream.input.offer', { names: first(files), look: nameOf(session.look) })),
      h('footer', null,
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('dream.input.skip')),
        h('button', { type: 'button', class: 'button primary', onclick: () => { dialog.close(); actions.queueAll(files); } }, t('dream.input.addAll'))));
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
