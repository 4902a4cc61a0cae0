// What the server tells by itself, over one connection for the whole page.

const NAMES = ['job', 'frame', 'dream', 'queue', 'visualization', 'reset'];
const PATIENCE = 3000;

/** Connects; `on(name, fn)` listens and gives the function that ends it. `connection` tells true and false. */
export function connect(path) {
  const listeners = new Map([...NAMES, 'connection'].map((name) => [name, new Set()]));
  let connected = null;
  let lost = false;

  const dispatch = (name, data) => {
    for (const listener of [...listeners.get(name)]) listener(data);
  };

  const tell = (now) => {
    if (now !== connected) dispatch('connection', (connected = now));
  };

  const open = () => {
    const source = new EventSource(path);
    for (const name of NAMES) {
      source.addEventListener(name, (event) => dispatch(name, JSON.parse(event.data)));
    }
    source.onopen = () => {
      tell(true);
      if (lost) dispatch('reset', {});
      lost = false;
    };
    source.onerror = () => {
      tell(false);
      if (source.readyState !== EventSource.CLOSED) return;
      lost = true;
      setTimeout(open, PATIENCE);
    };
  };

  open();
  return {
    on(name, listener) {
      listeners.get(name).add(listener);
      return () => listeners.get(name).delete(listener);
    },
  };
}
