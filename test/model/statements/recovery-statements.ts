/** `src/store/recovery/recoveries.ts` and `replacements.ts`, as far as the protocol covers them. */
import { verdictOn } from './card-verdicts.ts';
import { closeWithoutProof } from './charge-statements.ts';
import { endRecovery } from './live-recovery.ts';
import type { Modelled } from './statement.ts';
import type { Tables } from './tables.ts';

const UNRESOLVED: readonly string[] = ['open', 'awaiting_customer', 'processing'];

/** The newest card that was saved for a recovery, if it is still on file. */
function newCardOf(tables: Tables, recovery_id: string) {
  const card = tables.newCards.filter((each) => each.recovery_id === recovery_id).at(-1);
  const method = tables.methods.get(card?.payment_method_id ?? '');
  if (card === undefined || method?.state !== 'usable' || verdictOn(tables, method) !== null) return null;
  const { payment_method_id, is_accepted, saved_at } = card;
  const is_tried = tables
    .attemptsOf(card.charge_id)
    .some((each) => each.payment_method_id === payment_method_id);
  return { payment_method_id, saved_ms: saved_at.getTime(), is_accepted, is_tried };
}

export const recoveryStatements: readonly Modelled[] = [
  {
    name: 'readRecoverySituation',
    marker: 'as last_call_unsent',
    arity: 1,
    run: (tables, [id]) => {
      const recovery = tables.rows.recovery.get(id as string);
      if (recovery === undefined) return [];
      const charge = tables.charge(recovery.charge_id);
      return [
        {
          now: tables.now(),
          charge_state: charge.state,
          close_requested: charge.close_requested_at !== null,
          close_detail: charge.close_detail,
          has_due_time: charge.due_at !== null,
          terms: charge.terms,
          attempt_state: tables.attemptsOf(charge.id).at(-1)?.state ?? null,
          // Mails are not modelled: each counts as sent at once.
          last_call_unsent: false,
          future_use_written: charge.future_use_at !== null,
          new_card: newCardOf(tables, id as string),
        },
      ];
    },
  },
  {
    name: 'writeCadenceStep',
    marker: 'step = ?, due_at = ?, expires_at = ?',
    arity: 10,
    run: (tables, [step, due_at, expires_at, id, revision, lease_number]) => {
      const recovery = tables.rows.recovery.get(id as string);
      const current = recovery?.revision === revision && recovery?.lease_number === lease_number;
      if (recovery === undefined || !current || recovery.state !== 'open') return [];
      tables.write('recovery', recovery.id, {
        step: step as number,
        due_at: due_at as Date,
        expires_at: expires_at as Date,
        revision: recovery.revision + 1,
        claim_token: null,
        lease_until: null,
        offered_at: null,
      });
      return [{ is_written: true }];
    },
  },
  {
    name: 'beginRecovery',
    marker: 'is_early = false, step = 0',
    arity: 4,
    run: (tables, [expires_at, id, revision, lease_number]) => {
      const recovery = tables.rows.recovery.get(id as string);
      const current = recovery?.revision === revision && recovery?.lease_number === lease_number;
      if (recovery === undefined || !current || recovery.state !== 'open') return [];
      const now = tables.now();
      tables.write('recovery', recovery.id, {
        is_early: false,
        step: 0,
        opened_at: now,
        expires_at: expires_at as Date,
        due_at: now,
        revision: recovery.revision + 1,
        claim_token: null,
        lease_until: null,
        offered_at: null,
      });
      return [{ id }];
    },
  },
  {
    name: 'expireRecovery',
    marker: "coalesce(c.terms->>'on_expiry', 'close') as on_expiry",
    arity: 2,
    run: (tables, [id, lease_number]) => {
      const recovery = tables.rows.recovery.get(id as string);
      const now = tables.now();
      if (recovery === undefined || recovery.state !== 'open' || recovery.expires_at > now) return [];
      const charge = tables.charge(recovery.charge_id);
      if (recovery.lease_number !== lease_number) return [];
      if (charge.state !== 'action_required' || charge.close_requested_at !== null) return [];
      if (tables.attemptsOf(charge.id).some(({ state }) => UNRESOLVED.includes(state))) return [];
      tables.write('charge', charge.id, {
        state: 'closing',
        detail: 'closing',
        close_requested_at: now,
        close_as: charge.terms?.on_expiry === 'release' ? 'canceled' : 'failed',
        close_detail: charge.terms?.on_expiry === 'release' ? 'released' : 'recovery_expired',
        due_at: now,
        revision: charge.revision + 1,
      });
      endRecovery(tables, recovery, 'expired');
      closeWithoutProof(tables, charge.id);
      return [{ charge_id: charge.id, closes: true }];
    },
  },
  {
    name: 'closeRecovery',
    marker: "cause = 'charge_closed'",
    arity: 3,
    run: (tables, [as, id, lease_number]) => {
      const recovery = tables.rows.recovery.get(id as string);
      if (recovery?.state === 'open' && recovery.lease_number === lease_number)
        endRecovery(tables, recovery, as as string);
      return [];
    },
  },
  {
    // Checkout Sessions are not modelled: a customer comes back with the card saved.
    name: 'readOpenReplacement',
    marker: "where recovery_id = ? and state in ('queued', 'awaiting_customer', 'processing')",
    arity: 1,
    run: () => [],
  },
];
