/** `src/store/recovery/recoveries.ts` and `replacements.ts`, as far as the protocol reaches. */
import { STRIPE_CUSTOMER } from './attempt-statements.ts';
import { closeWithoutProof } from './charge-statements.ts';
import { endRecovery } from './live-recovery.ts';
import type { Modelled } from './statement.ts';

const UNRESOLVED: readonly string[] = ['open', 'awaiting_customer', 'processing'];

export const recoveryStatements: readonly Modelled[] = [
  {
    name: 'readRecoverySituation',
    marker: 'as last_call_unsent',
    arity: 1,
    run: (tables) => {
      const charge = tables.charge();
      return [
        {
          now: tables.now(),
          charge_state: charge.state,
          close_requested: charge.close_requested_at !== null,
          close_detail: charge.close_detail,
          attempt_state: tables.attempts.at(-1)?.state ?? null,
          // Mails are not modelled: every one of them is sent at once.
          last_call_unsent: false,
        },
      ];
    },
  },
  {
    name: 'writeCadenceStep',
    marker: 'step = ?, due_at = ?, expires_at = ?',
    arity: 8,
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
      return [{ id }];
    },
  },
  {
    name: 'expireRecovery',
    marker: "close_detail = 'recovery_expired'",
    arity: 2,
    run: (tables, [id, lease_number]) => {
      const recovery = tables.rows.recovery.get(id as string);
      const charge = tables.charge();
      const now = tables.now();
      if (recovery === undefined || recovery.state !== 'open' || recovery.expires_at > now) return [];
      if (recovery.lease_number !== lease_number) return [];
      if (charge.state !== 'action_required' || charge.close_requested_at !== null) return [];
      if (tables.attempts.some(({ state }) => UNRESOLVED.includes(state))) return [];
      tables.write('charge', charge.id, {
        state: 'closing',
        detail: 'closing',
        close_requested_at: now,
        close_as: 'failed',
        close_detail: 'recovery_expired',
        due_at: now,
        revision: charge.revision + 1,
      });
      endRecovery(tables, recovery, 'expired');
      closeWithoutProof(tables);
      return [{ charge_id: charge.id }];
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
    name: 'readReplacementContext',
    marker: 'as method_attempt',
    arity: 1,
    run: (tables, [id]) => {
      const replacement = tables.rows.replacement.get(id as string);
      const recovery = tables.rows.recovery.get(replacement?.recovery_id ?? '');
      if (replacement === undefined || recovery === undefined) return [];
      const charge = tables.charge();
      const now = tables.now();
      const own = tables.attempts.filter(
        ({ payment_method_id }) => payment_method_id === replacement.payment_method_id,
      );
      return [
        {
          now,
          recovery_state: recovery.state,
          recovery_is_over: recovery.expires_at <= now,
          charge_state: charge.state,
          close_requested: charge.close_requested_at !== null,
          future_use_written: charge.future_use_at !== null,
          livemode: charge.livemode,
          customer_id: charge.customer_id,
          stripe_customer_id: STRIPE_CUSTOMER,
          unresolved_attempt: tables.attempts.find(({ ended_at }) => ended_at === null)?.state ?? null,
          method_attempt: own.at(-1)?.state ?? null,
        },
      ];
    },
  },
  {
    // Checkout Sessions are not modelled: a customer comes back with the card saved.
    name: 'readOpenReplacement',
    marker: "where recovery_id = ? and state in ('queued', 'awaiting_customer')",
    arity: 1,
    run: () => [],
  },
  {
    name: 'closeReplacement',
    marker: 'select payment_method_id from ended',
    arity: 6,
    run: (tables, [, , id, what]) => {
      const replacement = tables.rows.replacement.get(id as string);
      if (replacement === undefined || replacement.state === 'closed') return [];
      tables.write('replacement', replacement.id, {
        state: 'closed',
        claim_token: null,
        lease_until: null,
        offered_at: null,
        revision: replacement.revision + 1,
      });
      const method = tables.methods.get(replacement.payment_method_id ?? '');
      if (method !== undefined && what === 'detach') method.state = 'detaching';
      return [{ payment_method_id: replacement.payment_method_id }];
    },
  },
];
