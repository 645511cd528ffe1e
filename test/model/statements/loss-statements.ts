/** `src/store/postgres/loss.ts`, `bind-at-bank.ts` and the kill switch: what a loss of rows writes. */
import type { NamedRows } from '../../../src/store/janitor/missing-rows.ts';
import { isWritten } from './charge-statements.ts';
import type { Modelled } from './statement.ts';
import type { Tables } from './tables.ts';

export const lossStatements: readonly Modelled[] = [
  {
    name: 'noteLoss',
    marker: 'select note_loss(',
    arity: 4,
    run: (tables, [, seen_at, , stops]) => [
      { is_news: tables.noteLoss(seen_at as Date | null, stops as boolean) },
    ],
  },
  {
    name: 'readMissingRow',
    marker: 'from named where cause is not null',
    arity: 1,
    run: (tables, [named]) => {
      const missing = (named as readonly NamedRows[]).flatMap(({ charge, confirm_key, made_s, at_s }) => {
        if (charge !== null && !tables.rows.charge.has(charge))
          return [{ cause: 'payment_intent_without_row', at_s: made_s }];
        if (confirm_key === null || isWritten(tables, confirm_key)) return [];
        return [{ cause: 'key_without_row', at_s }];
      });
      missing.sort((a, b) => b.at_s - a.at_s);
      return missing.slice(0, 1);
    },
  },
  {
    name: 'readLoss',
    marker: 'select lost_at as noted_at',
    arity: 0,
    run: ({ lost_at }) => [{ noted_at: lost_at, from: lost_at, cause: 'model' }],
  },
  {
    name: 'setCharging',
    marker: 'select turn_charging(',
    arity: 3,
    run: (tables, [enabled]) => {
      tables.paused_at = enabled === true ? null : (tables.paused_at ?? tables.now());
      return [];
    },
  },
  {
    name: 'turnChargingOn',
    marker: 'from turn_charging_on(',
    arity: 3,
    run: (tables, [is_entered]) => {
      if (tables.withdrawals_due && is_entered !== true)
        return [{ cause: 'model', from: tables.lost_at, to: tables.lost_at }];
      tables.paused_at = null;
      tables.withdrawals_due = false;
      tables.breaks.delete('rows_lost ins_model');
      return [];
    },
  },
  {
    name: 'bindAtBank',
    marker: "'on_session', 'awaiting_customer'",
    arity: 11,
    run: (tables, values) => {
      const [id, lease_number, number, idempotency_key, intent, method, api_version] = values;
      const { 8: latest_charge } = values;
      const charge = tables.charge(id as string);
      const now = tables.now();
      const isHeld =
        charge.lease_number === lease_number && charge.lease_until !== null && charge.lease_until > now;
      const isFree = charge.stripe_payment_intent_id === null && charge.close_requested_at === null;
      if (!isHeld || !isFree || !['queued', 'unknown', 'retry_wait'].includes(charge.state)) return [];
      const noted = {
        number: number as number,
        idempotency_key: idempotency_key as string,
        stripe_payment_intent_id: intent as string,
        payment_method_id: method as string,
        consent_id: charge.consent_id,
        api_version: api_version as string,
        lease_number: lease_number as number,
        opened_status: null,
        opened_latest_charge: latest_charge as string | null,
      };
      tables.writeAttempts(charge.id, [
        ...tables.attemptsOf(charge.id),
        { ...AT_BANK, ...noted, started_at: now, sent_at: now },
      ]);
      tables.write('charge', charge.id, {
        stripe_payment_intent_id: intent as string,
        state: 'action_required',
        detail: null,
        due_at: new Date(now.getTime() + (values.at(-1) as number)),
        tries: 0,
        claim_token: null,
        lease_until: null,
        offered_at: null,
        revision: charge.revision + 1,
      });
      return [{ id }];
    },
  },
];

const AT_BANK = {
  kind: 'on_session',
  state: 'awaiting_customer',
  method_usable: true,
  request_body: '',
  send_count: 1,
  replayed_error_at: null,
  looked_at: null,
  stripe_charge_id: null,
  ended_at: null,
} as const;

/** `confirms_told()`: after a loss, the highest number that an event of Stripe's names. */
export function confirmsTold({ lost_at, rows }: Pick<Tables, 'lost_at' | 'rows'>, charge_id: string): number {
  if (lost_at === null) return 0;
  let told = 0;
  for (const { request_key } of rows.inbox_event.values()) {
    const [, row, verb, n] = request_key?.split(':') ?? [];
    if (row === charge_id && verb === 'confirm') told = Math.max(told, Number(n));
  }
  return told;
}
