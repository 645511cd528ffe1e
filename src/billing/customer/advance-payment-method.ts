/** What a method on file owes Stripe: its detaching, or an update of whether later checkouts may show it; and its customer: a mandate's agreement. */
import type { PaymentMethodSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { beginDetach } from '../../store/customer/payment-method-changes.ts';
import { markDetached } from '../../store/customer/payment-methods.ts';
import type { Rows } from '../../store/work/obligations.ts';
import {
  type AllowRedisplay,
  detachPaymentMethod,
  retrievePaymentMethod,
  updateAllowRedisplay,
} from '../../stripe/payment-methods.ts';
import type { Dependencies } from '../dependencies.ts';
import { mailMandate, owesMandateMail } from '../setup/mail-mandate.ts';
import { judgeRead } from '../work/judge-answer.ts';
import { type Look, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, park, rest, wait } from '../work/outcome.ts';

const RETRY_MS = 5_000;

type Method = Rows['payment_method'];
type Next = Outcome<'payment_method'>;

/** Takes a method one step further. It owes nothing unless it is detaching, to be updated, or its mandate to be mailed. */
export async function advancePaymentMethod(deps: Dependencies, row: Method, lease: Lease): Promise<Next> {
  if (row.state === 'withdrawn')
    return (await beginDetach(deps.sql, row.id)) ? done : wait(row, RETRY_MS, 'attempt_unanswered');
  if (row.state === 'detaching') return detach(deps, row, lease);
  const is_on_file = row.state === 'usable' || row.state === 'unusable';
  if (owesMandateMail(row)) return mailMandate(deps, row, lease);
  if (is_on_file && row.allow_redisplay !== null) return update(deps, row, row.allow_redisplay, lease);
  return rest(row, 'nothing_owed');
}

/** If Stripe will not detach a method that still belongs to the customer, it waits for a person. */
async function detach(deps: Dependencies, row: Method, lease: Lease): Promise<Next> {
  const detached = await writeKeyed<'payment_method', PaymentMethodSnapshot | null>(deps, {
    row,
    verb: 'detach',
    n: row.detach_number,
    step: 'payment_method.detach',
    pause_ms: RETRY_MS,
    send: (key) => detachPaymentMethod(deps.stripe, { id: row.id, key }, { signal: lease.signal }),
    look: () => lookFor(deps, row, lease, ({ customer }) => customer === null),
    spent: { detach_number: row.detach_number + 1 },
    refused: (code) => park(row, code),
  });
  if (detached.written === 'left') return detached.outcome;
  await markDetached(deps.sql, { id: row.id, cause: 'worker', cause_reference: detached.key });
  deps.log.info({ event: 'payment_method.detached', customerId: row.customer_id });
  return done;
}

/** Only a hint for pages: we log a refusal and let it go; the method pays as before. */
async function update(deps: Dependencies, row: Method, allow_redisplay: string, lease: Lease): Promise<Next> {
  const wanted = { id: row.id, allow_redisplay: allow_redisplay as AllowRedisplay };
  const updated = await writeKeyed<'payment_method', PaymentMethodSnapshot | null>(deps, {
    row,
    verb: 'update',
    n: row.update_number,
    pause_ms: RETRY_MS,
    send: (key) => updateAllowRedisplay(deps.stripe, { ...wanted, key }, { signal: lease.signal }),
    look: () => lookFor(deps, row, lease, (method) => method.allow_redisplay === allow_redisplay),
    spent: { update_number: row.update_number + 1 },
    refused: (code) => {
      deps.log.warn({ event: 'payment_method.update_refused', code });
      return rest(row, code);
    },
  });
  return updated.written === 'left' ? updated.outcome : rest(row, updated.key);
}

/** A method that Stripe no longer knows is detached for good, and has nothing left to update. */
async function lookFor(
  deps: Dependencies,
  row: Method,
  lease: Lease,
  isThere: (method: PaymentMethodSnapshot) => boolean,
): Promise<Look<PaymentMethodSnapshot | null>> {
  const read = judgeRead(await retrievePaymentMethod(deps.stripe, row.id, { signal: lease.signal }));
  if (read.kind === 'unanswered') return { found: 'unanswered', reason: read.reason };
  if (read.kind === 'refused') return { found: 'there', value: null };
  return isThere(read.value) ? { found: 'there', value: read.value } : { found: 'missing' };
}
