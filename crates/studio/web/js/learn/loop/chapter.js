/** The chapter on the feedback loop: a dream by hand. */
import { h, icon } from '../../dom.js';
import { rich, t, texts } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { figure, section } from '../chapter.js';
import { needPhoto, otherPhoto } from '../photo.js';
import { predict } from '../questions.js';
import { comparison } from './compare.js';
import { dreamAddress, lookOf } from './looks.js';
import { networkRow } from './networks.js';
import { classBars } from './seen.js';
import { workbench } from './workbench.js';

/** The layers on which the two tricks show best. */
const SHIFTED = 'fire3';
const SMALL = 'fire8';

/** Builds the chapter. */
export function build(context) {
  const { state } = context;
  const key = 'learn.loop';
  const classes = classBars();
  const bench = workbench(address);
  const jitter = comparison(`${key}.shift`, [lookOf(SHIFTED), lookOf(SHIFTED, { shift: false })], { magnified: true });
  const octaves = comparison(`${key}.small`, [lookOf(SMALL, { small: true }), lookOf(SMALL)], { sized: true });
  const networks = networkRow();
  const dream = h('a', { class: 'button primary learn-next' }, icon('spark'), t(`${key}.dream`));
  let shown = null;

  /** Writes the state of the loop to the address, so that it can be handed out. */
  function address({ layer, step, shift, small }) {
    const params = new URLSearchParams({ layer, step, ...(shift ? {} : { shift: 0 }), ...(small ? { small: 1 } : {}) });
    drawLink();
    context.open(`/learn/loop?${params}`, { replace: true });
  }

  function drawLink() {
    dream.href = dreamAddress(state.photo, lookOf(bench.layer, { small: true }));
  }

  async function show(params) {
    const photo = await needPhoto(context, params.get('photo'));
    const work = bench.show(photo, params);
    drawLink();
    if (shown !== photo.id) {
      shown = photo.id;
      classes.show(photo).catch(toastProblem);
      [jitter, octaves, networks].forEach((part) => part.show(photo));
    }
    await work;
  }
  state.on(({ photo }) => { if (photo && shown && location.pathname === '/learn/loop') show(new URLSearchParams()); });

  const list = (name, symbol) => h('div', { class: `loop-list card ${name}` }, h('h3', null, t(`${key}.creating.${name}.title`)),
    h('ul', null, texts(`${key}.creating.${name}.points`).map((_, at) => h('li', null, icon(symbol), h('span', null, rich(`${key}.creating.${name}.points.${at}`))))));

  return {
    sections: [
      section(`${key}.look`, figure(t(`${key}.look.label`), t(`${key}.look.caption`), classes.element, otherPhoto(context))),
      section(`${key}.work`, bench.element),
      section(`${key}.shift`, predict(`${key}.shift.guess`, jitter.element)),
      section(`${key}.small`, predict(`${key}.small.guess`, octaves.element)),
      section(`${key}.networks`, networks.element),
      section(`${key}.creating`, h('div', { class: 'loop-lists' }, list('does', 'check'), list('lacks', 'close'))),
    ],
    end: dream,
    show,
    hide() {
      [bench, jitter, octaves].forEach((part) => part.stop());
    },
  };
}
