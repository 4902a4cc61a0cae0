/** The list of dreams: fetched page by page, newest first, and updated by events. */
import { dreamsPath } from './query.js';

const PAGE = 60;
const NEWS = 12;
const MOST = 500;

/** A list of dreams for a query. `changed({ reset })` is called after each change. */
export class DreamList {
  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
    this.query = {};
    this.clear();
  }

  clear() {
    this.dreams = [];
    this.filters ??= [];
    this.total = 0;
    this.next = null;
    this.loaded = false;
    this.loading = null;
    this.turn = (this.turn ?? 0) + 1;
  }

  /** Show another query, from its first page. */
  async open(query) {
    this.query = query;
    this.clear();
    await this.more();
  }

  /** Fetch the next page, if there is one. Concurrent calls share one request. */
  more() {
    if (this.loaded && !this.next) return Promise.resolve();
    this.loading ??= this.fetchPage(this.turn).finally(() => { this.loading = null; });
    return this.loading;
  }

  async fetchPage(turn) {
    const page = await this.api.get(dreamsPath(this.query, { limit: PAGE, cursor: this.next }));
    if (turn !== this.turn) return;
    const reset = !this.loaded;
    this.loaded = true;
    this.updateTotals(page);
    this.next = page.next;
    this.dreams.push(...page.dreams.filter((dream) => !this.find(dream.id)));
    this.changed({ reset });
  }

  /** Takes the total and the filters from a page. */
  updateTotals({ total, filters }) {
    this.total = total;
    this.filters = filters;
  }

  find(id) {
    return this.dreams.find((dream) => dream.id === id);
  }

  /** The dream before or after this one, or null; fetches the next page at the end. */
  async neighbour(id, step) {
    const index = this.dreams.findIndex((dream) => dream.id === id);
    if (index < 0) return null;
    if (index + step >= this.dreams.length) await this.more();
    return this.dreams[index + step] ?? null;
  }

  /** Apply a `dream` event: a dream was added, changed or deleted. */
  async take(dream) {
    if (!this.loaded) return;
    if (dream.deleted) { this.remove(dream.id); return; }
    const known = this.find(dream.id);
    if (known) {
      Object.assign(known, dream);
      this.changed({});
      return;
    }
    const { turn } = this;
    const isNew = dream.created >= (this.dreams[0]?.created ?? 0);
    const limit = isNew ? NEWS : Math.min(MOST, this.dreams.length + NEWS);
    const page = await this.api.get(dreamsPath(this.query, { limit }));
    if (turn !== this.turn) return;
    this.updateTotals(page);
    this.insert(page.dreams.filter((one) => !this.find(one.id)));
  }

  /** Insert dreams by their time, except those older than what has been fetched. */
  insert(dreams) {
    const last = this.dreams.at(-1)?.created ?? -Infinity;
    const added = dreams.filter((dream) => !this.next || dream.created >= last);
    this.dreams = [...this.dreams, ...added].sort((one, other) => other.created - one.created);
    this.changed({});
  }

  remove(id) {
    if (!this.find(id)) return;
    this.dreams = this.dreams.filter((dream) => dream.id !== id);
    this.total -= 1;
    this.changed({});
  }
}
