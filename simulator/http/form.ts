import { invalid } from './errors.ts';

/** Decoded parameters: text at the leaves. Lists are trees whose keys are 0..n-1. */
export interface Tree {
  [key: string]: string | Tree;
}

const MAX_DEPTH = 8;

/** Decodes `a[b][0]=c&d[]=e`, as the SDK writes it. Text that is not a form is a 400. */
export function parseForm(raw: string): Tree {
  const tree: Tree = Object.create(null);
  if (raw.length === 0) return tree;
  for (const pair of raw.split('&')) {
    if (pair.length === 0) continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (name.indexOf('[') < 0) tree[name] = value;
    else place(tree, name, value);
  }
  return tree;
}

/** The same parameters in a fixed order, to tell whether two requests are the same. */
export function canonicalForm(raw: string): string {
  return flatten(parseForm(raw), '').sort().join('&');
}

/** The members of a list, or undefined if the keys are not 0..n-1. */
export function listOf(tree: Tree): (string | Tree)[] | undefined {
  const keys = Object.keys(tree);
  if (!keys.every((key, index) => key === String(index))) return undefined;
  return keys.map((key) => tree[key] as string | Tree);
}

function place(tree: Tree, name: string, value: string): void {
  const path = name.replaceAll(']', '').split('[');
  if (path.length > MAX_DEPTH) throw invalid('Invalid request: parameters are nested too deeply.', name);
  let at = tree;
  for (const part of path.slice(0, -1)) {
    const key = part === '' ? String(Object.keys(at).length) : part;
    const inner = at[key];
    if (typeof inner === 'object') at = inner;
    else {
      const made: Tree = Object.create(null);
      at[key] = made;
      at = made;
    }
  }
  const last = path[path.length - 1] as string;
  at[last === '' ? String(Object.keys(at).length) : last] = value;
}

function decode(text: string): string {
  if (text.indexOf('%') < 0) return text.indexOf('+') < 0 ? text : text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid('Invalid request: the body is not form-encoded.');
  }
}

function flatten(tree: Tree, prefix: string): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = prefix === '' ? key : `${prefix}[${key}]`;
    return typeof value === 'string'
      ? [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`]
      : flatten(value, name);
  });
}
