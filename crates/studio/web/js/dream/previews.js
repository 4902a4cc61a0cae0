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

  session.watch(['photo'], () => {
    waiting = [];
    for (const image of running.keys()) image.src = '';
    running.clear();
  });

  return {
    /** Gives the loaded image, or null if it cannot be had; nothing at all once it was dropped. `first` comes before those
     *  that wait, `alone` is made with nothing beside it. */
    load(src, { first = false, alone = false } = {}) {
      return new Promise((done) => {
        waiting[first ? 'unshift' : 'push']({ src, done, alone });
        next();
      });
    },
  };
}
