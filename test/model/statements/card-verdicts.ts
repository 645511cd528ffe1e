/** `verdict_on()`, `limited_until()`, `method_of_day()`, and what `settleCharges` writes of a card. In the model each method is a card. */
import type { ChargeContext } from '../../../src/domain/charge/charge.ts';
import type { CardChange } from '../../../src/domain/charge/charge-facts.ts';
import { DECLINE_LIMITS } from '../../../src/domain/decline/network-rules.ts';
import type { Method, State, Tables } from './tables.ts';
import { BRAND } from './waking-statements.ts';

/** A card with these data is closed, or with null the agreement of the one customer about it. */
export type VerdictRow = {
  readonly payment_method_id: string;
  readonly exp_year: number | null;
  readonly reason: string;
  readonly asks: 'replace' | 'stop';
  /** When the try began, and when it was written. */
  readonly at: Date;
  readonly known_at: Date;
  readonly is_lifted: boolean;
};

const keyOf = (id: string, exp_year: number | null): string => `${id}/${exp_year}`;

/** The verdict that closes a method. */
export function verdictOn(
  { verdicts }: Pick<State, 'verdicts'>,
  method: Method | undefined,
): VerdictRow | null {
  if (method === undefined) return null;
  const agreement = verdicts.get(keyOf(method.id, null));
  return (
    verdicts.get(keyOf(method.id, method.exp_year)) ?? (agreement?.is_lifted === false ? agreement : null)
  );
}

/** The same for what decides and permits; without asking, none. */
export function heeded(tables: Tables, method_id: string, state: State = tables): VerdictRow | null {
  return tables.without === 'card_verdict' ? null : verdictOn(state, state.methods.get(method_id));
}

/** Until when a card has been declined as often as its network permits. */
export function limitedUntil(
  tables: Tables,
  state: State,
  method_id: string,
  charge_id: string,
): Date | null {
  const now_ms = tables.now().getTime();
  const ends = DECLINE_LIMITS.filter(({ network }) => network === BRAND).flatMap(
    ({ window_s, declines_max }) => {
      const tries = [...state.attempts].flatMap(([id, attempts]) =>
        attempts.flatMap((one) => {
          if (one.payment_method_id !== method_id) return [];
          if (one.ended_at === null) return id === charge_id ? [] : [null];
          const isDecline = one.state === 'declined' || one.state === 'authentication_required';
          return isDecline && one.ended_at.getTime() > now_ms - window_s * 1_000
            ? [one.ended_at.getTime()]
            : [];
        }),
      );
      const declines = tries.filter((at) => at !== null).sort((a, b) => b - a);
      const last = declines[declines_max - 1];
      if (last !== undefined) return [last + window_s * 1_000];
      return declines.length > 0 && tries.length >= declines_max ? [now_ms + 10_000] : [];
    },
  );
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}

/** What else a decision reads of the method of the next attempt. */
export function standingOf(
  tables: Tables,
  method_id: string,
  charge_id: string,
): Pick<ChargeContext['method'], 'closed' | 'limited_until'> {
  const verdict = heeded(tables, method_id);
  return {
    closed: verdict === null ? null : { reason: verdict.reason, asks: verdict.asks },
    limited_until: limitedUntil(tables, tables, method_id, charge_id),
  };
}

/** The default, or while that is closed the newest other card under a live recurring consent. */
export function methodOfDay(state: State, preferred: string | null): string | null {
  if (preferred === null || verdictOn(state, state.methods.get(preferred)) === null) return preferred;
  const others = [...state.methods.values()].filter((method) => {
    const consent = state.consents.get(method.consent_id ?? '');
    const isLive = consent?.frequency === 'recurring' && consent.revoked_at === null;
    return method.state === 'usable' && method.type === 'card' && isLive && verdictOn(state, method) === null;
  });
  return others.at(-1)?.id ?? preferred;
}

/** The parts `closed` and `lifted` of `settleCharges`. */
export function noteOfCard(tables: Tables, { payment_method_id, tried_at, said }: CardChange): void {
  const method = tables.methods.get(payment_method_id);
  if (method === undefined) return;
  const lifted = keyOf(method.id, null);
  if (said === 'paid_by_owner') {
    const verdict = tables.verdicts.get(lifted);
    if (verdict !== undefined && verdict.at <= tried_at)
      tables.verdicts.set(lifted, { ...verdict, is_lifted: true });
    return;
  }
  const verdict = said.find(({ network }) => network === null || network === BRAND);
  if (verdict === undefined) return;
  const { scope, reason, asks } = verdict;
  if (scope === 'card' && method.renewed_at !== null && method.renewed_at > tried_at) return;
  const exp_year = scope === 'card' ? method.exp_year : null;
  const known = tables.verdicts.get(keyOf(method.id, exp_year));
  if (known !== undefined && known.at >= tried_at) return;
  const at = { at: tried_at, known_at: tables.now(), is_lifted: false };
  tables.verdicts.set(keyOf(method.id, exp_year), { payment_method_id, exp_year, reason, asks, ...at });
  tables.count('card_closed');
}
