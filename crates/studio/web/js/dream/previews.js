// Small dreams of the photo, a few at a time.

const AT_ONCE = 3;

/** Loads small dreams in the order in which they are asked for. For another photo, those that are not there yet are dropped. */
export function createPreviews(session) {
  let waiting = [];
  const running = new Map();

  function next() {
    while (waiting.length && hasRoom(waiting[0])) begin(waiting.shift());
  }

  /** Whoever is to be alone has all processors of the studio. */
  function hasRoom({ alone }) {
    return running.size < (alone ? 1 : AT_ONCE) && ![...running.values()].some((other) => other.alone);
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
      // The studio stops making what nobody waits for.
      image.src = '';
    }
    next();
  }

  session.watch(['photo'], () => drop(() => true));

  return {
    /** Gives the loaded image, or null if it cannot be had; nothing at all once it was dropped. One with a `name` takes the
     *  place of the one of that name, `first` comes before those that wait, `alone` is made with nothing beside it. */
    load(src, { name = null, first = false, alone = false } = {}) {
      if (name) drop((wanted) => wanted.name === name);
      return new Promise((done) => {
        waiting[first ? 'unshift' : 'push']({ src, done, name, alone });
        next();
      });
    },
    /** Drops the one with this name. */
    drop: (name) => drop((wanted) => wanted.name === name),
  };
}
