// Keeps the networks of the catalogue up to date: those that people trained come and go.

import { digests } from './api.js';
import { toastProblem } from './toast.js';

/** Fetches the networks after each change, replaces them in the catalogue, and tells the listeners of the shared state. */
export function followNetworks({ api, events, catalogue, state }) {
  async function refresh() {
    const { models } = await api.get('/api/catalogue');
    if (JSON.stringify(models) === JSON.stringify(catalogue.models)) return;
    catalogue.models.splice(0, Infinity, ...models);
    keepDigests(models);
    state.set({ models: catalogue.models });
  }
  keepDigests(catalogue.models);
  events.on('networks', () => refresh().catch(toastProblem));
  events.on('reset', () => refresh().catch(toastProblem));
}

function keepDigests(models) {
  digests.clear();
  for (const { name, digest } of models) if (digest) digests.set(name, digest);
}

/** The name of the network that a training makes first, in seconds. */
export const firstLookOf = (network) => `${network}-first`;

/** The user's own networks, without first looks at what has been learned since. */
export function ownNetworks({ models }) {
  const own = models.filter((model) => model.own);
  return own.filter(({ name }) => !own.some((other) => name === firstLookOf(other.name)));
}

/** The title of a network; its name if there is no such network. */
export const networkTitle = (models, name) => models.find((one) => one.name === name)?.title ?? name;

/** The look that dreams with a network. */
export const lookOf = (network) => ({ preset: null, options: { model: network } });
