/** Whether each request to Stripe was written down before, under keys that mean one thing each. */
import { parseKey } from '../../../src/domain/keys.ts';
import type { StripeRequest } from '../evidence.ts';
import { MERCHANTS_OWN_KEY } from '../payers.ts';
import { byKey, type Invariant } from './breach.ts';
import { mayBeLost } from './ours.ts';

const CONFIRM = /^\/v1\/payment_intents\/([^/]+)\/confirm$/;
/** The comparison spans the clocks of two processes. */
const SLACK_MS = 2_000;
const ENDING: ReadonlySet<string> = new Set(['cancel', 'expire', 'detach', 'update']);
const UNRESOLVED = new Set(['open', 'awaiting_customer', 'processing']);

const isOurs = (request: StripeRequest): boolean =>
  request.method === 'POST' && !(request.idempotency_key ?? '').startsWith(MERCHANTS_OWN_KEY);

/** I-8: numbers are dense from 1 (after a loss they go on above what was lost), and no attempt is unresolved once its charge has ended. */
export const attemptsDense: Invariant = ({ attempts, lost }) =>
  [...byKey(attempts, (attempt) => attempt.charge_id)].flatMap(([subject, rows]) => {
    const isDense = lost !== null || rows.every((row, index) => row.number === index + 1);
    const open = rows.filter((row) => UNRESOLVED.has(row.state));
    return [
      ...(isDense
        ? []
        : [
            {
              harm: 'broken' as const,
              subject,
              text: `has attempts ${rows.map((row) => row.number).join(', ')}`,
            },
          ]),
      ...open.map((row) => ({
        harm: 'unsettled' as const,
        subject,
        text: `attempt ${row.number} is ${row.state}`,
      })),
    ];
  });

/** I-9: every confirm that Stripe saw was written ahead, byte for byte. */
export const writtenAhead: Invariant = (evidence) => {
  const { attempts, requests } = evidence;
  const written = new Map(attempts.map((attempt) => [attempt.idempotency_key, attempt]));
  return requests
    .filter((request) => isOurs(request) && CONFIRM.test(request.path))
    .flatMap((request) => {
      const attempt = written.get(request.idempotency_key ?? '');
      const subject = request.idempotency_key ?? request.path;
      const said = (text: string) => [{ harm: 'broken' as const, subject, text }];
      if (attempt === undefined && mayBeLost(evidence, request.at_ms)) return [];
      if (attempt === undefined) return said('was sent and never written');
      if (attempt.request_body !== request.body) return said('was sent with other bytes than were written');
      return attempt.started_at.getTime() > request.at_ms + SLACK_MS && !mayBeLost(evidence, request.at_ms)
        ? said('was sent before it was written')
        : [];
    });
};

/**
 * I-10: every POST carries a key of ours, and no key was ever used for two bodies; but where the number of a
 * cancellation was lost, it may name another object: Stripe refuses that, and the next number follows. So
 * it refuses a create that another build takes over.
 */
export const keysMeanOneThing: Invariant = ({ requests, lost, two_creates }) => {
  const posts = requests.filter(isOurs);
  const keyless = posts.filter((request) => parseKey(request.idempotency_key) === null);
  const bodies = byKey(posts, (request) => request.idempotency_key ?? '');
  return [
    ...keyless.map((request) => ({
      harm: 'broken' as const,
      subject: request.path,
      text: `carried ${request.idempotency_key ?? 'no key'}`,
    })),
    ...[...bodies].flatMap(([subject, rows]) => {
      const sent = new Set(rows.map((row) => `${row.path} ${row.body}`));
      const verb = parseKey(subject)?.verb ?? '';
      const isLost = lost !== null && ENDING.has(verb);
      return sent.size > 1 && !isLost && !(two_creates && verb === 'create')
        ? [{ harm: 'broken' as const, subject, text: `was used for ${sent.size} bodies` }]
        : [];
    }),
  ];
};

/**
 * I-11: no PaymentIntent is confirmed except the one that is bound to its charge. Once a row was
 * lost, what had been cancelled for it is not bound again, nor is anything to a charge that a person wrote off instead: that one
 * met more than one payment that bears its marks.
 */
export const onlyBoundConfirmed: Invariant = ({ charges, requests, lost, ledger, words }) => {
  const written_off = new Set(
    words.filter(({ verb }) => verb === 'write_off').map(({ entity_id }) => entity_id),
  );
  const canceled = new Set(ledger.filter(({ status }) => status === 'canceled').map(({ id }) => id));
  const bound = new Map(charges.map((charge) => [charge.id, charge.stripe_payment_intent_id]));
  return requests.filter(isOurs).flatMap((request) => {
    const intent = CONFIRM.exec(request.path)?.[1];
    const row = parseKey(request.idempotency_key)?.row;
    if (intent === undefined || row === undefined || bound.get(row) === intent) return [];
    const isLeft =
      !bound.has(row) || canceled.has(intent) || (bound.get(row) === null && written_off.has(row));
    if (lost !== null && isLeft) return [];
    return [{ harm: 'broken', subject: row, text: `${intent} was confirmed, ${bound.get(row)} is bound` }];
  });
};
