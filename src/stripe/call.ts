/** What we count of a call to Stripe: the operation and how it ended, in words from closed sets. */
import { unreachable } from '../platform/errors.ts';
import type { Answer, Indeterminate, NotExecuted } from './answer.ts';

export type StripeOutcome = 'ok' | 'declined' | 'refused' | NotExecuted['reason'] | Indeterminate['reason'];

export type StripeCall = {
  /** For example `payment_intents.confirm`; `other` for a call that we do not make. */
  readonly operation: string;
  readonly outcome: StripeOutcome;
  /** From the first sending to the answer that counted, or to the deadline. */
  readonly seconds: number;
};

const PATH =
  /^\/v1\/(checkout\/sessions|customers|disputes|events|mandates|payment_intents|payment_methods|radar\/early_fraud_warnings|refunds|setup_attempts|setup_intents)(\/[^/?]+(?:\/(cancel|confirm|detach|expire))?)?(?:\?|$)/;

/** The operation that a request is: the resource and the verb, never an id. */
export function operationOf(method: string, path: string): string {
  const [, resource, object, verb] = PATH.exec(path) ?? [];
  if (resource === undefined) return 'other';
  const isPost = method === 'POST';
  const plain = object === undefined ? (isPost ? 'create' : 'list') : isPost ? 'update' : 'retrieve';
  return `${resource.replace('/', '.')}.${verb ?? plain}`;
}

/** An answer in one word: its kind, or the reason where the kind says too little. */
export function outcomeOf(answer: Answer<unknown>): StripeOutcome {
  switch (answer.kind) {
    case 'ok':
    case 'declined':
    case 'refused':
      return answer.kind;
    case 'not_executed':
    case 'indeterminate':
      return answer.reason;
    default:
      return unreachable(answer);
  }
}
