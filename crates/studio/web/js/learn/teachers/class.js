// The class as its teacher sees it: the way in, who is there, and what the teacher decides.

import { api } from '../../api.js';
import { spaced, visitorDot, visitorName } from '../../classroom.js';
import { fill, h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { ask } from '../../train/ask.js';
import { section } from '../chapter.js';

const KEY = 'learn.teachers.class';

/** The section of the class. */
export function classSection({ state }) {
  const board = h('div', { class: 'class-board' });
  const controls = h('div', { class: 'class-controls' });
  const list = h('div', { class: 'class-list' });
  const element = section(KEY, h('div', { class: 'card teachers-card' }, board, controls, list));
  let way = null;

  function draw({ classroom }) {
    if (!classroom) return;
    element.hidden = !classroom.teacher;
    if (!classroom.teacher) return;
    const { teacher: { code, addresses, visitors }, open, paused } = classroom;
    // The code is drawn again only if it leads somewhere else.
    if (way !== `${code} ${addresses}`) drawBoard(code, addresses);
    way = `${code} ${addresses}`;
    board.classList.toggle('closed', !open);
    drawControls(open, paused);
    const here = visitors.filter((visitor) => visitor.here).length;
    fill(list, h('h3', null, t('classroom.here', { n: here })), h('ul', null, visitors.map(visitorItem)));
  }

  function drawBoard(code, addresses) {
    const large = () => board.requestFullscreen().catch(toastProblem);
    fill(board,
      h('div', { class: 'class-way' },
        h('p', null, t(`${KEY}.opens`)), h('p', { class: 'class-address' }, addresses[0]),
        addresses.length > 1 && h('p', { class: 'dim small' }, t(`${KEY}.or`, { addresses: addresses.slice(1).join(', ') })),
        h('p', null, t(`${KEY}.gives`)), h('p', { class: 'class-code' }, spaced(code)),
        h('button', { type: 'button', class: 'button small class-large', onclick: large }, icon('external'), t(`${KEY}.large`))),
      h('img', { class: 'class-qr', src: `/api/classroom/invitation?of=${code}`, alt: t(`${KEY}.qr`), width: 240, height: 240 }));
  }

  function drawControls(open, paused) {
    const focused = [...controls.children].indexOf(document.activeElement);
    const change = (image, text, what) => h('button', { type: 'button', class: 'button', onclick: () => api.patch('/api/classroom', what).catch(toastProblem) }, icon(image), t(text));
    fill(controls,
      open ? change('close', `${KEY}.close`, { open: false }) : change('plus', `${KEY}.openAgain`, { open: true }),
      paused ? change('play', `${KEY}.goOn`, { paused: false }) : change('eye', `${KEY}.eyes`, { paused: true }),
      h('a', { class: 'button', href: '/learn/wall' }, icon('grid'), t('classroom.wall.title')),
      h('button', { type: 'button', class: 'button danger', onclick: end }, icon('stop'), t(`${KEY}.end`)));
    controls.children[focused]?.focus();
  }

  async function end() {
    if (await ask(t(`${KEY}.endTitle`), t(`${KEY}.endText`), t(`${KEY}.end`))) api.post('/api/classroom/end').catch(toastProblem);
  }

  state.on(draw);
  draw(state);
  return element;
}

function visitorItem({ name, here, dreams, waiting }) {
  const about = [here ? t(`${KEY}.dreams`, { n: dreams }) : t(`${KEY}.away`), waiting > 0 && t(`${KEY}.waiting`, { n: waiting })];
  return h('li', { class: here ? '' : 'away' }, visitorDot(name), h('strong', null, visitorName(name)),
    h('span', { class: 'dim small' }, about.filter(Boolean).join(', ')));
}
