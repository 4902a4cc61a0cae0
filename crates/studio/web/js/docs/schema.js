/** JSON Schema of an OpenAPI 3.1 document: resolves references, describes and draws schemas, and creates examples. */
import { h } from '../dom.js';
import { t } from '../messages.js';

const DEEPEST = 5;

/** The name a `$ref` points to. */
const refName = (ref) => decodeURIComponent(ref.split('/').pop());

/** Resolves a reference; returns anything else unchanged. */
export function resolve(doc, thing) {
  let found = thing ?? {};
  for (let hops = 0; found?.$ref && hops < 10; hops += 1) {
    found = found.$ref.replace(/^#\//, '').split('/')
      .reduce((part, key) => part?.[decodeURIComponent(key).replace(/~1/g, '/').replace(/~0/g, '~')], doc);
  }
  return found ?? {};
}

/** The alternatives of a schema, if it has any. */
const alternatives = (schema) => schema.oneOf ?? schema.anyOf;

const between = (parts, word) => parts.flatMap((part, i) => (i ? [word, part] : [part])).flat();

/** The type of a schema as text nodes; components are links to their section. */
export function typeWords(schema = {}) {
  if (schema.$ref) {
    const name = refName(schema.$ref);
    return [h('a', { href: `#shape-${name}` }, name)];
  }
  if (alternatives(schema)) return between(alternatives(schema).map(typeWords), t('docs.or'));
  if (schema.allOf) return between(schema.allOf.map(typeWords), t('docs.and'));
  if ('const' in schema) return [h('code', {}, JSON.stringify(schema.const))];
  if (schema.enum) return between(schema.enum.map((value) => [h('code', {}, JSON.stringify(value))]), t('docs.or'));
  const types = [schema.type ?? (schema.properties ? 'object' : 'any')].flat();
  return between(types.map((type) => oneType(type, schema)), t('docs.or'));
}

function oneType(type, schema) {
  if (type === 'array') return schema.items ? [t('docs.arrayOf'), ...typeWords(schema.items)] : [t('docs.array')];
  if (type === 'object' && typeof schema.additionalProperties === 'object' && !schema.properties) {
    return [t('docs.objectOf'), ...typeWords(schema.additionalProperties)];
  }
  if (type === 'string' && schema.format === 'binary') return [t('docs.bytes')];
  return [type];
}

/** Limits, pattern and default of a schema as text; empty if it has none. */
function limitWords(schema) {
  const words = [];
  const { minimum: least, maximum: most } = schema;
  if (least !== undefined && most !== undefined) words.push(t('docs.range', { least, most }));
  else if (least !== undefined) words.push(t('docs.least', { n: least }));
  else if (most !== undefined) words.push(t('docs.most', { n: most }));
  if (schema.maxLength !== undefined) words.push(t('docs.characters', { n: schema.maxLength }));
  if (schema.maxItems !== undefined) words.push(t('docs.items', { n: schema.maxItems }));
  if (schema.pattern) words.push(t('docs.matches', { pattern: schema.pattern }));
  if (schema.default !== undefined) words.push(t('docs.default', { value: JSON.stringify(schema.default) }));
  return words.join(', ');
}

/** A row of a definition list: name, type and description. */
export function row(name, schema, { required, about } = {}) {
  const limits = limitWords(schema);
  const text = about ?? schema.description;
  return h('div', { class: 'docs-row' },
    h('dt', {}, h('code', {}, name), required && h('span', { class: 'docs-required' }, t('docs.required'))),
    h('dd', {},
      h('span', { class: 'docs-type' }, ...typeWords(schema)),
      limits && h('span', { class: 'docs-limits' }, limits),
      text && h('p', {}, text),
      ...within(schema)));
}

/** The properties of an unnamed object schema, or of the items of an array. */
function within(schema, depth = 0) {
  if (depth > DEEPEST || schema.$ref) return [];
  if (schema.properties) return [properties(schema)];
  const inner = [schema.items, schema.additionalProperties, ...(alternatives(schema) ?? []), ...(schema.allOf ?? [])];
  return inner.filter((part) => part && typeof part === 'object').flatMap((part) => within(part, depth + 1));
}

function properties(schema) {
  const required = new Set(schema.required ?? []);
  return h('dl', { class: 'docs-rows' },
    ...Object.entries(schema.properties).map(([name, part]) => row(name, part, { required: required.has(name) })));
}

/** A whole schema: its type, description and properties. */
export function drawSchema(schema) {
  return h('div', { class: 'docs-schema' },
    h('p', {}, h('span', { class: 'docs-type' }, ...typeWords(schema)),
      schema.description && !schema.$ref && ` ${schema.description}`),
    ...within(schema));
}

/** An example value of a schema: its own example, or one created from its types; nested objects have only required properties. */
export function example(doc, schema, depth = 0) {
  const given = schema?.example ?? schema?.examples?.[0];
  if (given !== undefined) return given;
  const real = resolve(doc, schema);
  if (real !== schema) return depth > DEEPEST ? {} : example(doc, real, depth + 1);
  if (real.default !== undefined) return real.default;
  if ('const' in real) return real.const;
  if (real.enum) return real.enum[0];
  const choices = alternatives(real) ?? real.allOf;
  if (choices) return example(doc, choices.find((one) => one.type !== 'null') ?? choices[0], depth + 1);
  const type = [real.type].flat().find((one) => one !== 'null') ?? (real.properties ? 'object' : 'string');
  if (type === 'object') return exampleObject(doc, real, depth);
  if (type === 'array') return depth > DEEPEST ? [] : [example(doc, real.items, depth + 1)];
  if (type === 'integer' || type === 'number') return real.minimum ?? 1;
  if (type === 'boolean') return true;
  return type === 'null' ? null : '…';
}

function exampleObject(doc, schema, depth) {
  const names = schema.required ?? (depth === 0 ? Object.keys(schema.properties ?? {}) : []);
  return Object.fromEntries(names.map((name) => [name, example(doc, schema.properties?.[name], depth + 1)]));
}
