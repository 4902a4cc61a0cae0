// The chapters in their order. Each is a module that exports `build(chapter, context)`, which returns its sections.

/** The wall of a class, which is no chapter. */
export const WALL = { name: 'wall', load: () => import('./wall/wall.js') };

/** { name: the last part of its address /learn/name, load: its module } */
export const CHAPTERS = [
  { name: 'neuron', load: () => import('./neuron/chapter.js') },
  { name: 'filters', load: () => import('./filters/chapter.js') },
  { name: 'features', load: () => import('./features/chapter.js') },
  { name: 'learning', load: () => import('./learning/chapter.js') },
  { name: 'loop', load: () => import('./loop/chapter.js') },
  { name: 'teachers', load: () => import('./teachers/chapter.js') },
];
