/** Ids from outside: malformed and unknown ones get the same answer. */
import { type IdPrefix, idPattern } from '../platform/ids.ts';
import { fieldProblem, problem } from './problem.ts';

/** PaymentMethods of Stripe's, the older kinds included. */
const PAYMENT_METHOD = /^(?:pm|card|ba|src)_[A-Za-z0-9_]{1,100}$/;

type IdKind = IdPrefix | 'payment_method';

function isId(kind: IdKind, id: string): boolean {
  return (kind === 'payment_method' ? PAYMENT_METHOD : idPattern(kind)).test(id);
}

/** The id of an address, if it has the form of one. Throws `not_found`. */
export function knownId(kind: IdKind, id: string): string {
  if (!isId(kind, id)) throw problem('not_found');
  return id;
}

/** What was read under an id. Throws `not_found`. */
export function found<Row>(row: Row | null): Row {
  if (row === null) throw problem('not_found');
  return row;
}

/** The id in a field of a body. Throws `not_found`, naming the field. */
export function referredId(kind: IdKind, path: string, id: string): string {
  if (!isId(kind, id)) throw unknownReference(path);
  return id;
}

/** A field that names something which does not exist. */
export function unknownReference(path: string) {
  return fieldProblem(path, 'does not exist', 'not_found');
}
