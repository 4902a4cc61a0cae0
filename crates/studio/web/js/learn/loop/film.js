// The film of a dream: a small picture of each moment, below a bar of how strongly the layer responds.

import { calm, h, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { roving } from '../../roving.js';
import { rounded, timesAsStrong } from './numbers.js';

/** The film: { element, open(dream), show(step) }. `onchoose(step)` is called when a person goes to a moment. */
export function filmStrip(onchoose) {
  const list = h('ol', { class: 'loop-film', 'aria-label': t('learn.loop.work.film') });
  const tabs = roving(list);
  let dream = null;
  let shown = null;

  const times = (step) => {
    const { strength } = dream.moment(step);
    return strength === null ? null : timesAsStrong(strength, dream.moment(0).strength);
  };

  function frame(step) {
    const strong = times(step);
    const label = strong === null ? t('learn.loop.work.lastFrame', { step }) : t('learn.loop.work.frame', { step, times: rounded(strong) });
    const button = h('button', { type: 'button', 'aria-label': label, title: label, onclick: () => onchoose(step) },
      h('span', { class: 'loop-film-bar', 'aria-hidden': 'true' }), h('img', { src: dream.picture(step), alt: '', draggable: false }),
      h('span', { class: 'loop-film-number', 'aria-hidden': 'true' }, String(step)));
    // Arrow keys walk along the film.
    button.addEventListener('focus', () => { if (button.matches(':focus-visible') && shown !== step) onchoose(step); });
    return h('li', null, button);
  }

  return {
    element: list,
    open(next) {
      dream = next;
      shown = null;
      list.replaceChildren();
    },
    show(step) {
      const { width, height } = dream.about;
      setVars(list, { ratio: width / height });
      while (list.children.length <= step) list.append(frame(list.children.length));
      const strengths = [...list.children].map((_, at) => times(at) ?? 0);
      const most = Math.max(...strengths);
      [...list.children].forEach((item, at) => {
        setVars(item, { share: strengths[at] / most });
        const button = item.firstElementChild;
        if (at === step) button.setAttribute('aria-current', 'step');
        else button.removeAttribute('aria-current');
      });
      shown = step;
      const current = list.children[step];
      if (!list.contains(document.activeElement)) tabs.update(current);
      list.scrollTo({ left: current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2, behavior: calm() ? 'auto' : 'smooth' });
    },
  };
}
