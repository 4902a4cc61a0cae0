// Server-sent events, over one connection for the whole page.

const NAMES = ['job', 'frame', 'dream', 'queue', 'visualization', 'training', 'networks', 'classroom', 'wall', 'ended', 'reset'];
const RECONNECT_DELAY = 3000;

/** Connects. `on(name, fn)` adds a listener and returns a function that removes it; `connection` events are true or false. */
export function connect(path) {
  const listeners = new Map([...NAMES, 'connection'].map((name) => [name, new Set()]));
  let connected = null;
  let lost = false;

  const dispatch = (name, data) => {
    for (const listener of [...listeners.get(name)]) listener(data);
  };

  const setConnected = (now) => {
    if (now !== connected) dispatch('connection', (connected = now));
  };

  const open = () => {
    const source = new EventSource(path);
    for (const name of NAMES) {
      source.addEventListener(name, (event) => dispatch(name, JSON.parse(event.data)));
    }
    source.onopen = () => {
      setConnected(true);
      if (lost) dispatch('reset', {});
      lost = false;
    };
    source.onerror = () => {
      setConnected(false);
      if (source.readyState !== EventSource.CLOSED) return;
      lost = true;
      setTimeout(open, RECONNECT_DELAY);
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
