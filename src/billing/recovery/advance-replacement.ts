import { buildKey } from '../../domain/keys.ts';
import { decideReplacement } from '../../domain/recovery/replacement-steps.ts';
import { unreachable } from '../../platform/errors.ts';
import {
  closeReplacement,
  type ReplacementContext,
  readReplacementContext,
} from '../../store/recovery/replacements.ts';
import { moveRow, type Rows } from '../../store/work/obligations.ts';
import { expireSession, retrieveSession } from '../../stripe/checkout-sessions.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { applyReplacementSession, SESSION_LOOK_MS } from './apply-replacement-event.ts';
import { createSession } from './open-replacement.ts';
import { attemptWithMethod } from './press.ts';

const RETRY_MS = 60_000;

/** Takes one step of a replacement: its session, the attempt nobody pressed for, and its end. */
export async function advanceReplacement(
  deps: Dependencies,
  row: Rows['replacement'],
  lease: Lease,
): Promise<void> {
  const context = await readReplacementContext(deps.sql, row.id);
  if (context === null) return;
  const action = decideReplacement(situationOf(row, context), deps.timings);
  switch (action.do) {
    case 'create':
      return create(deps, row, lease);
    case 'look':
      return look(deps, row, lease);
    case 'attempt':
      return attempt(deps, row, lease);
    case 'expire':
      return expire(deps, row, lease);
    case 'wait':
      return due(deps, row, lease, action.due_in_ms);
    case 'close':
      return end(deps, row.id, context.charge_state, action.method);
    default:
      return unreachable(action);
  }
}

/** Also of a recovery that closed meanwhile: only a session whose id is known can be expired. */
async function create(deps: Dependencies, row: Rows['replacement'], lease: Lease): Promise<void> {
  const created = await createSession(deps, row);
  if (created.outcome === 'unavailable') await due(deps, row, lease, RETRY_MS);
}

async function look(deps: Dependencies, row: Rows['replacement'], lease: Lease): Promise<void> {
  if (row.stripe_checkout_session_id === null) return create(deps, row, lease);
  const session = await retrieveSession(deps.stripe, row.stripe_checkout_session_id, {
    signal: lease.signal,
  });
  const applied =
    session.kind === 'ok' ? await applyReplacementSession(deps, row, session.value.snapshot) : 'later';
  if (applied === 'foreign') return review(deps, row, lease, 'foreign_session');
  if (applied === 'ignored' || applied === 'later') await due(deps, row, lease, SESSION_LOOK_MS);
}

async function attempt(deps: Dependencies, row: Rows['replacement'], lease: Lease): Promise<void> {
  if (row.payment_method_id === null) return due(deps, row, lease, RETRY_MS);
  const made = await attemptWithMethod(deps, {
    charge_id: row.charge_id,
    recovery_id: row.recovery_id,
    payment_method_id: row.payment_method_id,
  });
  deps.log.info({ event: 'replacement.attempted', chargeId: row.charge_id, outcome: made.outcome });
  // Closed to attempts, not to the customer: what it waits for is the end of the recovery, which wakes it.
  await due(deps, row, lease, made.outcome === 'closed' ? SESSION_LOOK_MS : RETRY_MS);
}

async function expire(deps: Dependencies, row: Rows['replacement'], lease: Lease): Promise<void> {
  if (row.payment_method_id !== null) return end(deps, row.id, 'given_up', 'detach');
  const id = row.stripe_checkout_session_id;
  if (id === null) return create(deps, row, lease);
  const { signal } = lease;
  const key = buildKey({ row: row.id, verb: 'expire', n: row.expire_number });
  const expired = await expireSession(deps.stripe, { id, key }, { signal });
  if (expired.kind === 'ok') return end(deps, row.id, 'session_expired', 'none');
  // Refused: it is over already. Completed too late, its card is detached.
  const session = await retrieveSession(deps.stripe, id, { signal });
  if (session.kind !== 'ok') return due(deps, row, lease, RETRY_MS);
  const applied = await applyReplacementSession(deps, row, session.value.snapshot);
  if (applied === 'completed' || applied === 'closed') return;
  const answered = expired.kind === 'refused' || (expired.kind === 'indeterminate' && expired.replayed);
  const set = answered ? { expire_number: row.expire_number + 1 } : {};
  await due(deps, row, lease, RETRY_MS, set);
}

async function end(
  deps: Dependencies,
  id: string,
  detail: string,
  method: 'keep' | 'detach' | 'none',
): Promise<void> {
  const payment_method_id = await closeReplacement(deps.sql, { id, detail, method });
  if (payment_method_id !== null && method === 'detach')
    await deps.offer('payment_method', [payment_method_id]);
}

async function due(
  deps: Dependencies,
  row: Rows['replacement'],
  lease: Lease,
  due_in_ms: number,
  set: Partial<Rows['replacement']> = {},
): Promise<void> {
  await moveRow(deps.sql, 'replacement', {
    id: row.id,
    revision: row.revision,
    lease_number: lease.lease_number,
    set,
    due_in_ms,
    cause: 'replacement',
  });
}

async function review(
  deps: Dependencies,
  row: Rows['replacement'],
  lease: Lease,
  detail: string,
): Promise<void> {
  deps.log.error({ event: 'replacement.parked', chargeId: row.charge_id, code: detail });
  await moveRow(deps.sql, 'replacement', {
    id: row.id,
    revision: row.revision,
    lease_number: lease.lease_number,
    set: { state: 'needs_review', detail },
    due_in_ms: null,
    cause: 'replacement',
  });
}

function situationOf(row: Rows['replacement'], context: ReplacementContext) {
  return {
    ...context,
    state: row.state as Parameters<typeof decideReplacement>[0]['state'],
    completed_at: row.completed_at,
    accepted: row.accepted_amount_at !== null,
    kept_by_consent: row.default_consent_id !== null,
  };
}
