/** Tabbed panels. */
import { h } from '../dom.js';

/** Create the tabs for [{ name, title, element }]; `show(name)` selects one. */
export function tabbedPanels(panels, label) {
  const tabs = panels.map(({ name, title }) => h('button', {
    type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}`, onclick: () => show(name),
  }, title));
  const bodies = panels.map(({ name, element }) => h('div', { class: 'panel-body', role: 'tabpanel', id: `panel-${name}`, 'aria-labelledby': `tab-${name}`, tabindex: 0 }, element));
  const bar = h('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, tabs);

  function show(shown) {
    panels.forEach(({ name }, i) => {
      tabs[i].setAttribute('aria-selected', String(name === shown));
      tabs[i].tabIndex = name === shown ? 0 : -1;
      bodies[i].hidden = name !== shown;
    });
  }
  bar.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    const next = (tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length;
    tabs[next].focus();
    show(panels[next].name);
  });

  show(panels[0].name);
  return { element: h('div', { class: 'panel card' }, bar, bodies), show };
}
