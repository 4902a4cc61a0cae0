// Loads previews: small dreams of the photo.

/** How many are loaded at once. In a class the studio makes one at a time for each visitor. */
const PARALLEL = 3;
const IN_CLASS = 1;

/** Creates the loader. It loads a few previews at a time, in order. When the photo changes, unfinished ones are dropped. */
export function createPreviews(session, { classroom }) {
  const parallel = classroom ? IN_CLASS : PARALLEL;
  let waiting = [];
  const running = new Map();

  function next() {
    while (waiting.length && hasRoom(waiting[0])) begin(waiting.shift());
  }

  /** A preview with `alone` gets all processors of the studio. */
  function hasRoom({ alone }) {
    return running.size < (alone ? 1 : parallel) && ![...running.values()].some((other) => other.alone);
  }

  function begin(wanted) {
    const image = new Image();
    const end = (loaded) => {
      if (!running.delete(image)) return;
      wanted.done(loaded ? image : null);
      next();
    };
    running.set(image, wanted);
    image.fetchPriority = 'low';
    image.onload = () => end(true);
    image.onerror = () => end(false);
    image.src = wanted.src;
  }

  function drop(isUnwanted) {
    waiting = waiting.filter((wanted) => !isUnwanted(wanted));
    for (const [image, wanted] of running) {
      if (!isUnwanted(wanted)) continue;
      running.delete(image);
      // The studio stops when the connection is closed.
      image.src = '';
    }
    next();
  }

  session.watch(['photo'], () => drop(() => true));

  return {
    /** Resolves to the loaded image, or to null after an error; never resolves once it was dropped. A `name` replaces the
     *  preview of that name; `first` puts it before waiting ones; `alone` loads it with no others in parallel. */
    load(src, { name = null, first = false, alone = false } = {}) {
      if (name) drop((wanted) => wanted.name === name);
      return new Promise((done) => {
        waiting[first ? 'unshift' : 'push']({ src, done, name, alone });
        next();
      });
    },
    /** Drops the preview with this name. */
    drop: (name) => drop((wanted) => wanted.name === name),
  };
}
