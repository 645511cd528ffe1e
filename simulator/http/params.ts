import { type ErrorBody, invalid } from './errors.ts';
import { listOf, type Tree } from './form.ts';

/**
 * Parameters being read. Every reader ticks off the key that it takes; a key left over at the end is refused, so
 * a parameter that Stripe does not know, or that the simulator does not support, is never silently ignored.
 */
export interface Params {
  readonly tree: Tree;
  readonly prefix: string;
  readonly taken: Set<string>;
  readonly inner: Params[];
}

export function paramsOf(tree: Tree, prefix = ''): Params {
  return { tree, prefix, taken: new Set(), inner: [] };
}

/** The parameter's name as Stripe writes it: `card[number]`. */
export function nameIn(params: Params, key: string): string {
  return params.prefix === '' ? key : `${params.prefix}[${key}]`;
}

/** Text; null when sent empty, which clears a field; undefined when absent. */
export function text(params: Params, key: string): string | null | undefined {
  const value = params.tree[key];
  if (value === undefined) return undefined;
  params.taken.add(key);
  if (typeof value !== 'string') throw invalid(`Invalid string: ${nameIn(params, key)}`, nameIn(params, key));
  return value === '' ? null : value;
}

export function requiredText(params: Params, key: string): string {
  const value = text(params, key);
  if (value === undefined || value === null) throw absent(params, key);
  return value;
}

/** Strictly an integer, of either sign. */
export function integer(params: Params, key: string): number | undefined {
  const value = text(params, key);
  if (value === undefined || value === null) return undefined;
  if (!/^-?\d{1,15}$/.test(value)) {
    throw invalid(`Invalid integer: ${value}`, nameIn(params, key), 'parameter_invalid_integer');
  }
  return Number(value);
}

export function requiredInteger(params: Params, key: string): number {
  const value = integer(params, key);
  if (value === undefined) throw absent(params, key);
  return value;
}

export function boolean(params: Params, key: string): boolean | undefined {
  const value = text(params, key);
  if (value === undefined || value === null) return undefined;
  if (value !== 'true' && value !== 'false') throw invalid(`Invalid boolean: ${value}`, nameIn(params, key));
  return value === 'true';
}

/** One of the values Stripe names; null when sent empty. */
export function oneOf<T extends string>(
  params: Params,
  key: string,
  values: readonly T[],
): T | null | undefined {
  const value = text(params, key);
  if (value === undefined || value === null) return value;
  if ((values as readonly string[]).includes(value)) return value as T;
  throw invalid(`Invalid ${nameIn(params, key)}: must be one of ${values.join(', ')}`, nameIn(params, key));
}

/** A sub-object, read by the same readers; null when sent empty. */
export function object(params: Params, key: string): Params | null | undefined {
  const value = params.tree[key];
  if (value === undefined) return undefined;
  params.taken.add(key);
  if (value === '') return null;
  if (typeof value === 'string') throw invalid(`Invalid object: ${nameIn(params, key)}`, nameIn(params, key));
  const inner = paramsOf(value, nameIn(params, key));
  params.inner.push(inner);
  return inner;
}

/** A list of texts; empty when sent empty. */
export function texts(params: Params, key: string): string[] | undefined {
  const value = params.tree[key];
  if (value === undefined) return undefined;
  params.taken.add(key);
  if (value === '') return [];
  const list = typeof value === 'string' ? undefined : listOf(value);
  if (list?.every((member) => typeof member === 'string')) return list as string[];
  throw invalid(`Invalid array: ${nameIn(params, key)}`, nameIn(params, key));
}

/** A list of sub-objects. */
export function objects(params: Params, key: string): Params[] | undefined {
  const list = object(params, key);
  if (list === undefined || list === null) return list === null ? [] : undefined;
  const members = Object.keys(list.tree).map((index) => object(list, index));
  return members.filter((member) => member !== undefined && member !== null);
}

/** 400 for the first parameter that no handler read. */
export function refuseLeftovers(params: Params): void {
  for (const key in params.tree) {
    if (params.taken.has(key)) continue;
    if (key === 'payment_method_types' && params.prefix === '') throw typesRefused();
    const name = nameIn(params, key);
    throw invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
  }
  for (const inner of params.inner) refuseLeftovers(inner);
}

export function absent(params: Params, key: string): Error {
  const name = nameIn(params, key);
  return invalid(`Missing required param: ${name}.`, name, 'parameter_missing');
}

/** Since 2026-09-30.endive the parameter is read-only. */
function typesRefused(): Error {
  const code: ErrorBody['code'] = 'payment_method_types_no_longer_supported';
  return invalid(
    'payment_method_types is no longer supported; use allowed_payment_method_types.',
    TYPES,
    code,
  );
}

const TYPES = 'payment_method_types';
