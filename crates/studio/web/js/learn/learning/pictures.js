// Pictures of a lesson, cut out of its sheet.

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { namedBy } from './numbers.js';

/** Draws picture number `at` of the sheet into a canvas of the pictures' size. */
export function drawPicture(canvas, { sheet, side, columns }, at) {
  canvas.width = side;
  canvas.height = side;
  canvas.getContext('2d').drawImage(sheet, (at % columns) * side, Math.floor(at / columns) * side, side, side, 0, 0, side, side);
}

/** What a picture shows, in words: "a dog on grass", or the name of the class. */
export function describe({ classes }, picture) {
  const key = `learn.learning.things.${picture.group.replaceAll(' ', '-')}`;
  return picture.group ? t(key) : classes[picture.class];
}

/** The name of a class in the reader's language. */
export const className = ({ query, classes }, at) => (query.training ? classes[at] : t(`learn.learning.classes.${at === 0 ? 'dog' : 'other'}`));

/** A picture with the answer: { element, show(lesson, number in the sheet, picture, answer) }. */
export function answeredPicture() {
  const canvas = h('canvas', { class: 'lesson-picture', 'aria-hidden': 'true' });
  const mark = h('span', { class: 'lesson-mark', 'aria-hidden': 'true' });
  const words = h('span', { class: 'visually-hidden' });
  const element = h('li', { class: 'lesson-answered' }, canvas, mark, words);
  return {
    element,
    show(lesson, number, picture, answer) {
      drawPicture(canvas, lesson, number);
      const isRight = namedBy(answer) === picture.label;
      element.dataset.right = isRight;
      mark.textContent = isRight ? '✓' : '✗';
      const named = className(lesson, namedBy(answer));
      words.textContent = t(isRight ? 'learn.learning.batch.right' : 'learn.learning.batch.wrong', { what: describe(lesson, picture), named });
      element.title = words.textContent;
    },
  };
}

/** A list of pictures with what the network says: used for mistakes. `numbers` are places in the sheet. */
export function pictureList(label) {
  const element = h('ul', { class: 'lesson-list', 'aria-label': label });
  return {
    element,
    show(lesson, shown) {
      fill(element, shown.map(({ number, picture, answer }) => {
        const one = answeredPicture();
        one.show(lesson, number, { ...picture, label: picture.class }, answer);
        return one.element;
      }));
    },
  };
}
