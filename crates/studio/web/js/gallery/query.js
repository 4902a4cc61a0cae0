/** The gallery's query: in the URL of the page, and as parameters of /api/dreams. */

const NAMES = ['q', 'filter', 'class', 'favourite', 'after', 'before'];
const DAY = 24 * 60 * 60 * 1000;

/** The query in the parameters of a page, without empty values. Dates are written as 2025-05-31. */
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

/** Midnight of a date in local time, in milliseconds; null for an invalid date. */
function midnight(day) {
  const time = new Date(`${day}T00:00`).getTime();
  return Number.isNaN(time) ? null : time;
}

/** The address of one page of dreams. The date in `before` is included. */
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

/** Whether two queries are the same. */
export const sameQuery = (one, other) => galleryPath(one) === galleryPath(other);
