// Helpers that build the page.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Creates an element. Known properties are set as properties, `on…` as listeners, the rest as attributes; `class` and
 * `dataset` work as in HTML, `vars` sets CSS custom properties. Children that are null or false are skipped.
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined) continue;
    if (name === 'class') element.className = value;
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name === 'vars') setVars(element, value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && !(name in ATTRIBUTES)) element[name] = value;
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false || name.startsWith('aria-')) element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

/** Properties that are read-only or mean something else than the attribute. */
const ATTRIBUTES = { form: true, list: true, role: true, width: true, height: true, href: true };

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

/** Replaces the children of an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Sets CSS custom properties, `{ ratio: 1.5 }` as `--ratio`. */
export function setVars(element, vars) {
  for (const [name, value] of Object.entries(vars)) element.style.setProperty(`--${name}`, value);
}

/** Creates an icon from the sprite, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Creates a button with an icon; `label` is its accessible name and tooltip. */
export function iconButton(name, label, onclick, props = {}) {
  return h('button', { type: 'button', class: 'button icon', 'aria-label': label, title: label, onclick, ...props }, icon(name));
}

/** Delays a function until it has not been called for some time. */
export function debounce(milliseconds, callback) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(...args), milliseconds);
  };
}

let serial = 0;

/** Returns a unique element id. */
export function uniqueId(word = 'id') {
  serial += 1;
  return `${word}-${serial}`;
}

/** Whether a key press goes to a text field. */
export function isTyping(event) {
  const { target } = event;
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches('textarea, select, input:not([type=range], [type=checkbox], [type=radio])'));
}

/** Whether a dialog or a menu covers the page. */
export const isCovered = () => Boolean(document.querySelector('dialog[open], :popover-open'));

/** Whether the user prefers reduced motion. */
export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
