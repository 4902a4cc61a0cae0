// Questions with answers to choose from: what will happen (predict first, then look), and two at the end of a chapter.

import { h, icon } from '../dom.js';
import { rich, t, texts } from '../messages.js';

/**
 * A question. Its texts are under a key: `ask`, `answers` (a list), `right` (the number of the right answer, from 0), `because`.
 * `onanswer(isRight)` is called at the first answer; others may be tried afterwards.
 */
export function question(key, onanswer = () => {}) {
  const { answers, right } = texts(key);
  const verdict = h('div', { class: 'learn-verdict', role: 'status' });
  let answered = false;
  const buttons = answers.map((_, at) => h('button', { type: 'button', class: 'learn-answer', onclick: () => choose(at) },
    h('span', { class: 'learn-letter', 'aria-hidden': 'true' }, String.fromCharCode(65 + at)), h('span', null, rich(`${key}.answers.${at}`))));

  function choose(at) {
    buttons.forEach((button, one) => {
      button.setAttribute('aria-pressed', String(one === at));
      button.classList.toggle('right', one === right);
    });
    const isRight = at === right;
    verdict.replaceChildren(icon(isRight ? 'check' : 'close'), h('p', null, h('strong', null, t(isRight ? 'learn.right' : 'learn.wrong')), ' ', rich(`${key}.because`)));
    verdict.dataset.right = isRight;
    if (answered) return;
    answered = true;
    onanswer(isRight);
  }

  return h('div', { class: 'learn-question', role: 'group', 'aria-label': t('learn.question') },
    h('p', { class: 'learn-ask' }, rich(`${key}.ask`)), h('div', { class: 'learn-answers' }, buttons), verdict);
}

/** A prediction: what it hides is shown after the first answer. */
export function predict(key, ...hidden) {
  const after = h('div', { class: 'learn-after', hidden: true }, hidden);
  return h('div', { class: 'learn-predict card' },
    h('p', { class: 'learn-eyebrow' }, t('learn.predict')), question(key, () => { after.hidden = false; }), after);
}

/** The questions at the end of a chapter, a list of texts. `ondone` is called when all have been answered. */
export function questions(key, ondone) {
  let left = texts(key).length;
  const one = (_, at) => question(`${key}.${at}`, () => {
    left -= 1;
    if (!left) ondone();
  });
  return h('section', { class: 'learn-section' }, h('h2', null, t('learn.questions')), texts(key).map(one));
}
