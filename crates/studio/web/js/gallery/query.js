/** What the gallery shows: in the page's URL, and as parameters of /api/dreams. */

const NAMES = ['q', 'filter', 'class', 'favourite', 'after', 'before'];
const DAY = 24 * 60 * 60 * 1000;

/** The query in a page's parameters, without what is empty. Days are as in a date field: 2025-05-31. */
export function queryFrom(params) {
  return Object.fromEntries(NAMES.map((name) => [name, params.get(name)?.trim()]).filter(([, value]) => value));
}

/** The gallery's address for a query, and for a dream opened in it. */
export function galleryPath(query, dream) {
  const params = new URLSearchParams(query);
  if (dream) params.set('dream', dream);
  const text = params.toString();
  return text ? `/gallery?${text}` : '/gallery';
}

/** Midnight of a day where the person is, in milliseconds; null for what is no day. */
function midnight(day) {
  const time = new Date(`${day}T00:00`).getTime();
  return Number.isNaN(time) ? null : time;
}

/** The address of one page of dreams. The day in `before` is shown too. */
export function dreamsPath(query, { limit, cursor } = {}) {
  const params = new URLSearchParams();
  for (const name of ['q', 'filter', 'class', 'favourite']) if (query[name]) params.set(name, query[name]);
  const after = query.after && midnight(query.after);
  const before = query.before && midnight(query.before);
  if (after) params.set('after', after);
  if (before) params.set('before', before + DAY);
  if (limit) params.set('limit', limit);
  if (cursor) params.set('cursor', cursor);
  return `/api/dreams?${params}`;
}

/** Do two queries show the same? */
export const sameQuery = (one, other) => galleryPath(one) === galleryPath(other);
