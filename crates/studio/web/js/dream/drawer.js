// The drawer with all options and the command line.

import { h, iconButton } from '../dom.js';
import { t } from '../messages.js';
import { createCommand } from './command.js';
import { createOptionField } from './option-field.js';
import { createPlaceFields } from './place-fields.js';

const GROUPS = ['what', 'how', 'finish'];

/** Creates the closed drawer. */
export function createDrawer(session, actions, context) {
  const { options } = context.catalogue;
  const fields = (group) => options.filter((option) => option.group === group)
    .map((option) => createOptionField(option, session, context));
  const reset = h('button', { type: 'button', class: 'button small ghost', onclick: () => session.update({ look: { ...session.look, options: {} } }) }, t('dream.drawer.reset'));
  const title = h('h2', { id: 'drawer-title', tabIndex: -1 }, t('dream.drawer.title'));
  const element = h('section', { class: 'drawer settings', role: 'dialog', 'aria-labelledby': 'drawer-title', hidden: true },
    h('header', null, title, h('div', { class: 'in-line' }, reset, iconButton('close', t('common.close'), () => toggle(), { class: 'button icon ghost' }))),
    h('div', { class: 'body' },
      GROUPS.map((group, at) => h('details', { class: 'fold group', open: at === 0 },
        h('summary', null, t(`dream.drawer.${group}`)), h('div', { class: 'fields' }, fields(group)))),
      h('details', { class: 'fold group' },
        h('summary', null, t('dream.drawer.places')), h('div', { class: 'fields' }, createPlaceFields(session, context)))),
    h('footer', null, createCommand(session, context.api)));
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    toggle();
  });

  let opener = null;
  const toggle = () => {
    element.hidden = !element.hidden;
    opener.setAttribute('aria-expanded', String(!element.hidden));
    if (element.hidden) opener.focus();
    else title.focus();
  };
  session.watch(['look'], ({ look }) => { reset.hidden = !Object.keys(look.options).length; });
  session.watch(['painting'], ({ painting }) => {
    if (painting && !element.hidden) toggle();
  });
  return {
    element, toggle,
    openedBy(button) { opener = button; },
    get isOpen() { return !element.hidden; },
  };
}
