// Small dreams of the photo, a few at a time.

const AT_ONCE = 3;

/** Loads pictures in the order in which they were asked for; `clear` drops what is not there yet. */
export function createLoader() {
  let waiting = [];
  const running = new Set();

  function next() {
    while (running.size < AT_ONCE && waiting.length) begin(waiting.shift());
  }

  function begin({ src, done }) {
    const image = new Image();
    const end = (loaded) => {
      if (!running.delete(image)) return;
      done(loaded ? image : null);
      next();
    };
    running.add(image);
    image.fetchPriority = 'low';
    image.onload = () => end(true);
    image.onerror = () => end(false);
    image.src = src;
  }

  return {
    /** Gives the loaded image, or null if it cannot be had; nothing at all once it was dropped. */
    load(src) {
      return new Promise((done) => {
        waiting.push({ src, done });
        next();
      });
    },
    clear() {
      waiting = [];
      for (const image of running) image.src = '';
      running.clear();
    },
  };
}
