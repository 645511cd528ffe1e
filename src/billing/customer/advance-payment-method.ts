/** What a method on file owes Stripe: its detaching, or a word on whether later checkouts may show it. */
import { buildKey } from '../../domain/keys.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { markDetached } from '../../store/customer/payment-methods.ts';
import type { Rows } from '../../store/work/obligations.ts';
import {
  type AllowRedisplay,
  detachPaymentMethod,
  retrievePaymentMethod,
  updateAllowRedisplay,
} from '../../stripe/payment-methods.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../setup/read-setup-facts.ts';
import { judgeWrite } from '../work/judge-write.ts';
import type { Lease } from '../work/lease.ts';
import { moveLeased } from '../work/move-leased.ts';

const RETRY_MS = 5_000;

type Method = Rows['payment_method'];

/** Takes a method one step further. Nothing is owed by one that is neither detaching nor to be updated. */
export async function advancePaymentMethod(deps: Dependencies, row: Method, lease: Lease): Promise<void> {
  if (row.state === 'detaching') return detach(deps, row, lease);
  const is_on_file = row.state === 'usable' || row.state === 'unusable';
  if (is_on_file && row.allow_redisplay !== null) return update(deps, row, row.allow_redisplay, lease);
  await move(deps, row, lease, { set: {}, due_in_ms: null, reference: 'nothing_owed' });
}

async function detach(deps: Dependencies, row: Method, lease: Lease): Promise<void> {
  const key = buildKey({ row: row.id, verb: 'detach', n: row.detach_number });
  const limits = { signal: lease.signal };
  await failpoint('payment_method.detach.before');
  const verdict = judgeWrite(await detachPaymentMethod(deps.stripe, { id: row.id, key }, limits));
  await failpoint('payment_method.detach.after_effect');
  if (verdict.kind === 'done' && verdict.value.customer === null) return detached(deps, row, key);
  if (verdict.kind === 'again') {
    if (verdict.needs_person) deps.log.error({ event: 'stripe.key_refused', code: verdict.code });
    return move(deps, row, lease, { set: {}, due_in_ms: RETRY_MS, reference: verdict.code });
  }
  const read = judgeRead(await retrievePaymentMethod(deps.stripe, row.id, limits));
  if (read.kind === 'unanswered') {
    return move(deps, row, lease, { set: {}, due_in_ms: RETRY_MS, reference: read.reason });
  }
  if (read.kind === 'refused' || read.value.customer === null) return detached(deps, row, key);
  if (verdict.kind === 'refused') return park(deps, row, lease, verdict.code);
  // Stripe will repeat that answer for ever, and the effect is missing: the next number.
  const set = { detach_number: row.detach_number + 1 };
  await move(deps, row, lease, { set, due_in_ms: RETRY_MS, reference: key });
}

async function detached(deps: Dependencies, row: Method, key: string): Promise<void> {
  await markDetached(deps.sql, { id: row.id, cause: 'worker', cause_reference: key });
  deps.log.info({ event: 'payment_method.detached', customerId: row.customer_id });
}

/** Only a hint for pages: refused, it is noted and let go; the method pays as before. */
async function update(deps: Dependencies, row: Method, allow_redisplay: string, lease: Lease): Promise<void> {
  const key = buildKey({ row: row.id, verb: 'update', n: row.update_number });
  const wanted = { id: row.id, key, allow_redisplay: allow_redisplay as AllowRedisplay };
  const answer = await updateAllowRedisplay(deps.stripe, wanted, { signal: lease.signal });
  const verdict = judgeWrite(answer);
  switch (verdict.kind) {
    case 'done':
      return move(deps, row, lease, { set: {}, due_in_ms: null, reference: key });
    case 'again':
      return move(deps, row, lease, { set: {}, due_in_ms: RETRY_MS, reference: verdict.code });
    case 'spent': {
      const read = judgeRead(await retrievePaymentMethod(deps.stripe, row.id, { signal: lease.signal }));
      if (read.kind === 'ok' && read.value.allow_redisplay !== allow_redisplay) {
        const set = { update_number: row.update_number + 1 };
        return move(deps, row, lease, { set, due_in_ms: RETRY_MS, reference: key });
      }
      const due_in_ms = read.kind === 'unanswered' ? RETRY_MS : null;
      return move(deps, row, lease, { set: {}, due_in_ms, reference: key });
    }
    case 'refused':
      deps.log.warn({ event: 'payment_method.update_refused', code: verdict.code });
      return move(deps, row, lease, { set: {}, due_in_ms: null, reference: verdict.code });
  }
}

/** Stripe will not let it go, though it is still the customer's: a person looks. */
async function park(deps: Dependencies, row: Method, lease: Lease, code: string): Promise<void> {
  deps.log.error({ event: 'payment_method.parked', customerId: row.customer_id, code });
  const set = { state: 'needs_review', detail: code };
  await move(deps, row, lease, { set, due_in_ms: null, reference: code });
}

async function move(
  deps: Dependencies,
  row: Method,
  lease: Lease,
  step: {
    readonly set: Partial<Method>;
    readonly due_in_ms: number | null;
    readonly reference: string;
  },
): Promise<void> {
  await moveLeased(deps, 'payment_method', row, lease, {
    set: { tries: 0, ...step.set },
    due_in_ms: step.due_in_ms,
    reference: step.reference,
  });
}
