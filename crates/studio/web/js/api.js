// The HTTP API: sends and receives JSON, and throws problems as errors.

import { t } from './messages.js';

/** An error of the server or the connection: `title`, `status`, `detail` for the user, and the name of the blamed `setting`, if there is one. */
class Problem extends Error {
  constructor({ title, status, detail, setting = null }) {
    super(detail || title);
    this.title = title;
    this.status = status;
    this.detail = detail || title;
    this.setting = setting;
  }
}

async function request(method, path, body, { signal, raw } = {}) {
  const headers = { accept: 'application/json' };
  if (body !== undefined && !raw) headers['content-type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, {
      method, headers, signal, credentials: 'same-origin', body: raw || body === undefined ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem({ title: t('common.noResponse'), status: 0 });
  }
  if (response.status === 401) {
    // The studio leads to the page to log in, or to the door of the class.
    location.assign('/dream');
    return new Promise(() => {});
  }
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? null : readJson(response);
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  return new Problem({ title: response.statusText || t('common.failed'), status: response.status, ...problem });
}

async function readJson(response) {
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** The requests of the page. Each returns the parsed response or throws a [Problem]. */
export const api = {
  get: (path, options) => request('GET', path, undefined, options),
  post: (path, body = {}, options) => request('POST', path, body, options),
  patch: (path, body) => request('PATCH', path, body),
  delete: (path) => request('DELETE', path),
  /** Uploads the bytes of a picture, a File or Blob. Returns its Picture. */
  upload: (blob, name, options) => api.send(`/api/pictures?name=${encodeURIComponent(name)}`, blob, options),
  /** Sends bytes, a File or Blob. */
  send: (path, blob, options) => request('POST', path, blob, { ...options, raw: true }),
};

/** Digests of the weights of the user's networks by name. A network that is trained again keeps its name, but not its pictures. */
export const digests = new Map();

const inAddress = (value) => encodeURIComponent(JSON.stringify(value));

const ofNetwork = ({ options }) => (digests.get(options?.model) ? `&of=${digests.get(options.model)}` : '');

/** Addresses of pictures, for `src`. */
export const urls = {
  view: (id, side) => `/api/pictures/${id}/view?side=${side}`,
  preview: (id, look, side, places = {}) => `/api/pictures/${id}/preview?look=${inAddress(look)}&side=${side}${Object.keys(places).length ? `&places=${inAddress(places)}` : ''}${ofNetwork(look)}`,
  forecast: (id, look, size) => `/api/pictures/${id}/forecast?look=${inAddress(look)}${size ? `&size=${size}` : ''}`,
  frame: (job, version) => `/api/jobs/${job}/frame?v=${version}`,
  dream: (id, side) => `/api/dreams/${id}/view?side=${side}`,
  octave: (id, n) => `/api/dreams/${id}/octaves/${n}`,
  download: (id, format, strength) => `/api/dreams/${id}/file?format=${format}&strength=${strength}`,
};
