// A class on every page: who one is in it, and what the teacher tells all.

import { api } from './api.js';
import { h, icon } from './dom.js';
import { t } from './messages.js';

/** How often the teacher's page looks who is there, as no event tells that somebody has left. */
const LOOK = 4000;

/** The name of a visitor, such as "blue otter"; `null` is the teacher. */
export function visitorName(name) {
  if (!name) return t('classroom.teacher');
  return t('classroom.name', { colour: t(`classroom.colours.${name.colour}`), animal: t(`classroom.animals.${name.animal}`) });
}

/** A dot in the colour of a visitor. */
export const visitorDot = (name) => h('span', { class: `class-dot ${name?.colour ?? 'teacher'}`, 'aria-hidden': 'true' });

/** Six digits in two groups. */
export const spaced = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;

/** Shows the class above the views. `context.state.classroom` is the class as the studio describes it. */
export async function mountClassroom(context) {
  const { events, state } = context;
  const strip = h('p', { class: 'class-strip' });
  document.querySelector('.shell-header').after(strip);
  const eyes = eyesOnTheTeacher();

  const refresh = async () => {
    const classroom = await api.get('/api/classroom');
    if (JSON.stringify(classroom) === JSON.stringify(state.classroom)) return;
    state.set({ classroom });
    strip.replaceChildren(...(classroom.teacher ? ofTeacher(classroom) : ofVisitor(classroom)));
    eyes.show(classroom.paused && classroom.role === 'visitor');
  };
  events.on('classroom', refresh);
  events.on('reset', refresh);
  // The spaces are gone; what remains is the door.
  events.on('ended', () => location.replace('/join?ended'));
  await refresh();
  if (state.classroom.teacher) setInterval(() => refresh().catch(() => {}), LOOK);
}

const wallLink = () => h('a', { href: '/learn/wall' }, t('classroom.wall.title'));

function ofVisitor({ name }) {
  return [visitorDot(name), h('span', null, t('classroom.you', { name: visitorName(name) })), wallLink()];
}

function ofTeacher({ teacher: { code, visitors }, open }) {
  const here = visitors.filter((visitor) => visitor.here).length;
  return [icon('learn'),
    h('a', { href: '/learn/teachers?section=class' }, open ? t('classroom.strip', { code: spaced(code) }) : t('classroom.closed')),
    h('span', null, t('classroom.here', { n: here })), wallLink()];
}

/** What covers the page while the class looks at the teacher. */
function eyesOnTheTeacher() {
  const dialog = h('dialog', { class: 'class-eyes', 'aria-labelledby': 'class-eyes' },
    icon('eye'), h('p', { id: 'class-eyes' }, t('classroom.eyes')));
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  document.body.append(dialog);
  return {
    show(shown) {
      if (shown && !dialog.open) dialog.showModal();
      else if (!shown) dialog.close();
    },
  };
}
