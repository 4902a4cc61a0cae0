/** Learn: chapters that explain how a network sees, learns and dreams, on the visitor's own photo. */
import { fill, h } from '../dom.js';
import { toastProblem } from '../toast.js';
import { chapterPage, sectionId } from './chapter.js';
import { CHAPTERS, WALL } from './chapters.js';
import { contents, overview } from './overview.js';

let view = null;

/** Creates the view. */
export function mount(root, context) {
  const nav = contents();
  const place = h('div', { class: 'learn-place' });
  const home = overview();
  const pages = new Map();
  let shown = null;
  root.classList.add('learn');
  root.append(h('div', { class: 'learn-columns' }, nav.element, place));

  const load = async (chapter) => (chapter === WALL ? (await WALL.load()).build(context) : chapterPage(chapter, context, nav.refresh));

  const page = (chapter) => {
    if (!pages.has(chapter)) {
      pages.set(chapter, load(chapter).catch((problem) => {
        pages.delete(chapter);
        throw problem;
      }));
    }
    return pages.get(chapter);
  };

  async function show(params) {
    const name = location.pathname.split('/')[2];
    const all = context.catalogue.classroom ? [...CHAPTERS, WALL] : CHAPTERS;
    const chapter = all.find((one) => one.name === name);
    const isNew = shown !== (chapter ?? 'home');
    if (isNew) hide();
    nav.mark(chapter);
    try {
      const next = chapter ? await page(chapter) : home;
      if (location.pathname.split('/')[2] !== name) return;
      if (isNew) {
        fill(place, next.element);
        root.scrollTop = 0;
        shown = chapter ?? 'home';
      }
      await next.show?.(params);
      if (chapter && params.has('section')) document.getElementById(sectionId(`learn.${name}.${params.get('section')}`))?.scrollIntoView();
    } catch (problem) {
      toastProblem(problem);
    }
  }

  /** Stops what runs in the chapter that is shown. */
  function hide() {
    if (shown && shown !== 'home') pages.get(shown)?.then((one) => one.hide?.());
  }

  view = { show, hide };
}

/** Shows the chapter of the address, at the section in the parameters. */
export const show = (params) => view.show(params);
export const hide = () => view.hide();
