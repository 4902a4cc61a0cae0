// The field of the setting that a problem blames.

import { h, uniqueId } from '../dom.js';

/** What holds the value of a field; the weights of chosen layers do not hold the layers. */
const CONTROL = 'select, input:not([type=range], .layers-chosen input)';

/** Marks a field while the session's problem blames its setting, and shows the problem below it. */
export function markBlamed(session, setting, field) {
  const message = h('p', { class: 'wrong', id: uniqueId('wrong'), hidden: true });
  field.dataset.setting = setting;
  field.append(message);
  // A field may replace its controls when one of these changes.
  session.watch(['problem', 'look', 'settings', 'places'], ({ problem }) => {
    const isBlamed = problem?.setting === setting;
    message.hidden = !isBlamed;
    message.textContent = isBlamed ? problem.detail : '';
    const control = field.querySelector(CONTROL);
    const { id } = message;
    const descriptions = (control.getAttribute('aria-describedby') ?? '').split(' ').filter((other) => other && other !== id);
    if (isBlamed) {
      control.setAttribute('aria-invalid', 'true');
      descriptions.unshift(id);
    } else {
      control.removeAttribute('aria-invalid');
    }
    if (descriptions.length) control.setAttribute('aria-describedby', descriptions.join(' '));
    else control.removeAttribute('aria-describedby');
  });
}

/** Marks the field that a problem blames, opens what it is in, scrolls to it and focuses it. Returns whether there is such a field. */
export function showBlamed(session, problem, view, drawer) {
  const inside = (element) => problem.setting && element.querySelector(`[data-setting="${CSS.escape(problem.setting)}"]`);
  const field = (drawer.isOpen && inside(drawer.element)) || inside(view) || inside(drawer.element);
  if (!field) return false;
  session.update({ problem });
  reveal(field, drawer);
  return true;
}

/** Opens the drawer at the field of an option. */
export function showOption(name, drawer) {
  const field = drawer.element.querySelector(`[data-setting="${CSS.escape(name)}"]`);
  if (field) reveal(field, drawer);
}

/** Opens what a field is in, scrolls to it and focuses it. */
function reveal(field, drawer) {
  if (drawer.element.contains(field) && !drawer.isOpen) drawer.toggle();
  for (let fold = field.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  field.scrollIntoView({ block: 'center' });
  field.querySelector(CONTROL).focus({ preventScroll: true });
}
