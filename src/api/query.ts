/** Query strings: `metadata[run]=may` is the entry `run` of `metadata`, as Stripe's lists are asked. */
import { parse } from 'node:querystring';

const ENTRY = /^([a-z_]{1,64})\[([^[\]]{1,100})\]$/;

type Query = Record<string, unknown>;

/** An object without a prototype, so that no name reaches one. What is no entry of a field keeps its name as it was sent. */
export function parseQuery(text: string): Query {
  const query: Query = Object.create(null);
  for (const [name, value] of Object.entries(parse(text))) {
    const [, field = name, entry] = ENTRY.exec(name) ?? [];
    if (entry === undefined || entry === '__proto__') query[name] = value;
    else if (field in query && typeof query[field] !== 'object') query[name] = value;
    else query[field] = Object.assign(Object.create(null), query[field], { [entry]: value });
  }
  return query;
}
