/** The chapter on learning: a small network learns dogs, or two things of the visitor's own, in view. */
import { h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { figure, section } from '../chapter.js';
import { predict } from '../questions.js';
import { twoDreams } from './dreams.js';
import { createLab } from './lab.js';
import { TRIALS } from './lesson.js';
import { mistakeTable } from './mistakes.js';
import { resultTable, trialChooser } from './trials.js';
import { unknownThings } from './unknown.js';

const KEY = 'learn.learning';
const LEAST_PICTURES = 3;

/** Builds the chapter. The address may name a lesson: `?try=grass`, or `?training=3` for an own one. */
export function build(context) {
  const own = new Map();
  let chosen = null;
  const lab = createLab(ended);
  const results = resultTable();
  const mistakes = mistakeTable();
  const unknown = unknownThings();
  const dreams = twoDreams(context);
  const chooser = trialChooser(Object.keys(TRIALS), (name) => context.open(addressOf(name), { replace: true }));
  const afterwards = [mistakes.element, unknown.element, dreams.element].map((element) => {
    const hint = h('p', { class: 'lesson-hint dim' }, t(`${KEY}.first`));
    element.hidden = true;
    return { element, hint };
  });
  const [mistakePart, unknownPart, dreamPart] = afterwards;

  const addressOf = (name) => `/learn/learning?${own.has(name) ? 'training' : 'try'}=${name}`;
  const titleOf = (name) => own.get(name) ?? t(`${KEY}.trials.${name}.title`);

  function ended(lesson, last) {
    if (!lesson.query.training) results.add(chosen, titleOf(chosen), lesson, last);
    for (const { element, hint } of afterwards) [element.hidden, hint.hidden] = [false, true];
    mistakes.show(lesson, last);
    unknown.show(lesson, last);
    unknownPart.element.hidden = !lesson.unknown.length;
    unknownPart.hint.hidden = lesson.unknown.length > 0;
    dreams.show(lesson).catch(toastProblem);
  }

  async function show(params) {
    await findOwn();
    const name = params.get('training') ?? params.get('try') ?? chosen ?? 'many';
    chosen = chooser.has(name) ? name : 'many';
    chooser.choose(chosen);
    await lab.open(own.has(chosen) ? queryOf(chosen) : TRIALS[chosen]);
  }

  /** Own trainings of two classes or more can be lessons. */
  const queries = new Map();
  const queryOf = (id) => {
    if (!queries.has(id)) queries.set(id, { training: id });
    return queries.get(id);
  };
  async function findOwn() {
    const { trainings } = await context.api.get('/api/trainings');
    for (const { id, name, classes } of trainings) {
      const counts = classes.slice(0, 2).map(({ pictures, drawn }) => pictures.length + (drawn?.count ?? 0));
      if (chooser.has(id) || classes.length < 2 || Math.min(...counts) < LEAST_PICTURES) continue;
      own.set(id, name);
      chooser.add(id, name, classes.slice(0, 2).map((one) => one.name).join(' · '));
    }
  }

  const sections = [
    section(`${KEY}.meet`, [
      predict(`${KEY}.meet.predict`),
      figure(t(`${KEY}.lab`), t(`${KEY}.caption`), chooser.element, lab.element),
    ]),
    section(`${KEY}.experiments`, [predict(`${KEY}.experiments.predict`), results.element]),
    section(`${KEY}.wrong`, [figure(t(`${KEY}.mistakes.caption`), null, mistakePart.hint, mistakes.element)]),
    section(`${KEY}.never`, [predict(`${KEY}.never.predict`), figure(t(`${KEY}.unknown.name`), t(`${KEY}.unknown.caption`), unknownPart.hint, unknown.element)]),
    section(`${KEY}.understood`, [figure(t(`${KEY}.dreams.name`), t(`${KEY}.dreams.caption`), dreamPart.hint, dreams.element)]),
    section(`${KEY}.own`, [h('a', { class: 'button', href: '/train' }, icon('train'), t(`${KEY}.own.button`))]),
  ];
  return { sections, show, hide: () => lab.pause() };
}
