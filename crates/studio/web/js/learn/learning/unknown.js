// Photos of things that the network was never shown, with its answers.

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { namedBy } from './numbers.js';
import { className, describe, drawPicture } from './pictures.js';

/** Creates the answers: { element, show(lesson, step) }. */
export function unknownThings() {
  const element = h('ul', { class: 'lesson-unknown', 'aria-label': t('learn.learning.unknown.name') });
  return {
    element,
    show(lesson, { tested }) {
      const first = lesson.training.length + lesson.held_out.length;
      fill(element, lesson.unknown.map((picture, at) => {
        const answer = tested[lesson.held_out.length + at];
        const named = namedBy(answer);
        const sure = named === 0 ? answer : 1 - answer;
        const canvas = h('canvas', { class: 'lesson-picture', 'aria-hidden': 'true' });
        drawPicture(canvas, lesson, first + at);
        return h('li', null, canvas, h('span', { class: 'lesson-thing' }, describe(lesson, picture)),
          h('span', { class: 'bar', vars: { share: sure }, 'aria-hidden': 'true' }),
          h('strong', null, t('learn.learning.unknown.says', { named: className(lesson, named), n: Math.round(100 * sure) })));
      }));
    },
  };
}
