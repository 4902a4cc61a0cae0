/** The page /api/docs: shows the server's OpenAPI document. */
import { applyAppearance } from './appearance.js';
import { h } from './dom.js';
import { fillTexts, t, translated } from './messages.js';
import { drawSchema, example, resolve, row } from './docs/schema.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const JSON_TYPE = 'application/json';

/** All operations of the document: { method, path, id, tag, … and the fields of the document }. */
function operations(doc) {
  return Object.entries(doc.paths).flatMap(([path, item]) => METHODS
    .filter((method) => item[method])
    .map((method) => {
      const operation = item[method];
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(doc, one));
      const id = `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, '');
      return { ...operation, method, path, id, parameters, tag: operation.tags?.[0] ?? t('docs.untagged') };
    }));
}

/** Operations by tag, in the document's order of tags, then of appearance. */
function groups(doc) {
  const byTag = new Map((doc.tags ?? []).map((tag) => [tag.name, { ...tag, operations: [] }]));
  for (const operation of operations(doc)) {
    if (!byTag.has(operation.tag)) byTag.set(operation.tag, { name: operation.tag, operations: [] });
    byTag.get(operation.tag).operations.push(operation);
  }
  return [...byTag.values()].filter((group) => group.operations.length);
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A shell command that sends this request. */
function curl(doc, operation) {
  const value = (parameter) => String(parameter.example ?? example(doc, parameter.schema));
  const query = operation.parameters.filter((one) => one.in === 'query' && one.required)
    .map((one) => `${one.name}=${encodeURIComponent(value(one))}`).join('&');
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => `$${name.toUpperCase()}`);
  const url = `"${location.origin}${path}${query && `?${query}`}"`;
  const [type, content] = Object.entries(resolve(doc, operation.requestBody).content ?? {})[0] ?? [];
  const parts = ['curl'];
  if (operation.method !== 'get') parts.push(`-X ${operation.method.toUpperCase()}`);
  if (operation.responses?.['200']?.content?.['text/event-stream']) parts.push('-N');
  parts.push(url);
  if (type === JSON_TYPE) parts.push(`-H 'Content-Type: ${type}'`, `-d ${quoted(JSON.stringify(example(doc, content.schema)))}`);
  else if (type) parts.push(`-H 'Content-Type: ${type}'`, '--data-binary @photo.jpg');
  return parts.join(' ');
}

const section = (title, ...children) => h('section', { class: 'docs-part' }, h('h4', {}, title), ...children);

/** A body by media type. Everything but JSON and text is shown as bytes, whatever the schema is. */
function drawContent(content = {}) {
  return Object.entries(content).map(([type, media]) => h('div', { class: 'docs-content' },
    h('p', { class: 'docs-media' }, type),
    media.schema && /json|text/.test(type) ? drawSchema(media.schema) : h('p', { class: 'docs-type' }, t('docs.bytes'))));
}

function drawResponse(doc, status, answer) {
  const response = resolve(doc, answer);
  return h('details', { class: 'docs-response' },
    h('summary', {}, h('code', { class: status < '400' ? 'docs-ok' : 'docs-bad' }, status), ` ${response.description || translated(`docs.status.${status}`, '')}`),
    ...(response.content ? drawContent(response.content) : [h('p', { class: 'docs-dim' }, t('docs.empty'))]));
}

function copyable(text) {
  const button = h('button', { class: 'button ghost small', type: 'button' }, t('docs.copy'));
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = t('common.copied');
    setTimeout(() => { button.textContent = t('docs.copy'); }, 1500);
  });
  return h('div', { class: 'docs-curl' }, h('pre', {}, h('code', {}, text)), button);
}

/** The path with its parameters emphasised. */
const drawPath = (path) => path.split(/(\{\w+\})/).map((part) => (part.startsWith('{') ? h('em', {}, part) : part));

function drawOperation(doc, operation) {
  const body = operation.requestBody && resolve(doc, operation.requestBody);
  return h('article', { class: 'docs-operation', id: operation.id },
    h('h3', {},
      h('span', { class: 'docs-method', dataset: { method: operation.method } }, operation.method.toUpperCase()),
      h('a', { class: 'docs-path', href: `#${operation.id}` }, ...drawPath(operation.path))),
    operation.summary && h('p', { class: 'docs-summary' }, operation.summary),
    operation.description && h('p', { class: 'docs-dim' }, operation.description),
    operation.parameters.length > 0 && section(t('docs.parameters'), h('dl', { class: 'docs-rows' },
      ...operation.parameters.map((one) => row(one.name, one.schema ?? {}, {
        required: one.required,
        about: [one.description, one.in !== 'path' && `(${one.in})`].filter(Boolean).join(' '),
      })))),
    body && section(t('docs.body'), ...drawContent(body.content)),
    section(t('docs.responses'), ...Object.entries(operation.responses ?? {}).map(([status, answer]) => drawResponse(doc, status, answer))),
    section(t('docs.tryIt'), copyable(curl(doc, operation))));
}

function drawGroup(doc, group) {
  return h('section', { class: 'docs-group', 'aria-labelledby': `tag-${group.name}` },
    h('h2', { id: `tag-${group.name}` }, group.name),
    group.description && h('p', { class: 'docs-dim' }, group.description),
    ...group.operations.map((operation) => drawOperation(doc, operation)));
}

function drawShapes(doc) {
  const shapes = Object.entries(doc.components?.schemas ?? {});
  return h('section', { class: 'docs-group', 'aria-labelledby': 'shapes' },
    h('h2', { id: 'shapes' }, t('docs.schemas')),
    h('p', { class: 'docs-dim' }, t('docs.schemasAbout')),
    ...shapes.map(([name, schema]) => h('article', { class: 'docs-operation', id: `shape-${name}` },
      h('h3', {}, h('a', { class: 'docs-path', href: `#shape-${name}` }, name)),
      drawSchema(schema))));
}

function drawNav(doc, all) {
  const link = (href, ...text) => h('li', {}, h('a', { href }, ...text));
  return [
    ...all.map((group) => h('div', {},
      h('h2', {}, group.name),
      h('ul', {}, ...group.operations.map((operation) => link(`#${operation.id}`,
        h('span', { class: 'docs-method', dataset: { method: operation.method } }, operation.method.toUpperCase()),
        ` ${operation.summary ?? operation.path}`))))),
    h('div', {}, h('h2', {}, t('docs.schemas')),
      h('ul', {}, ...Object.keys(doc.components?.schemas ?? {}).map((name) => link(`#shape-${name}`, name)))),
  ];
}

async function start() {
  const main = document.getElementById('content');
  const response = await fetch('/api/openapi.json');
  if (response.status === 401) { location.assign('/login'); return; }
  if (!response.ok) throw new Error(t('docs.responded', { status: response.status }));
  const doc = await response.json();
  const all = groups(doc);
  document.getElementById('version').textContent = doc.info.version;
  document.getElementById('nav').append(...drawNav(doc, all));
  main.replaceChildren(
    h('h1', {}, doc.info.title),
    ...(doc.info.description ?? '').split(/\n\n+/).filter(Boolean).map((text) => h('p', { class: 'docs-lead' }, text)),
    ...all.map((group) => drawGroup(doc, group)),
    drawShapes(doc));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

applyAppearance();
fillTexts();
start().catch((error) => { document.getElementById('wait').textContent = t('docs.failed', { reason: error.message }); });
