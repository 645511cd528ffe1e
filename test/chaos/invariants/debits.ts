/**
 * Whether debits were announced, and presented no more often than their schemes allow. Judged from what Stripe has and was sent, from
 * the mails that came and what the merchant was told: our rows of notices and mandates are not asked.
 */

import type { SchemeType } from '../../../src/domain/debit/schemes.ts';
import { chaosTimings } from '../../../src/platform/timings.ts';
import type { Evidence, Mail, StripeDebit } from '../evidence.ts';
import { type Breach, byKey, type Invariant } from './breach.ts';
import { type Confirm, confirmsOf, isPressed } from './permission.ts';

type Found = Omit<Breach, 'invariant'>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** By hand and not by the table that the product reads: docs/protocol.md, 20.4 and 20.9. Two bank days are two days at least. */
const PERIOD_MS: Readonly<Record<SchemeType, number>> = {
  sepa_debit: 48 * HOUR_MS,
  au_becs_debit: 24 * HOUR_MS,
  bacs_debit: 48 * HOUR_MS,
};
const REPEATED_AFTER: Readonly<Record<SchemeType, readonly string[]>> = {
  sepa_debit: ['insufficient_funds'],
  au_becs_debit: ['insufficient_funds', 'refer_to_customer'],
  bacs_debit: ['insufficient_funds', 'refer_to_customer'],
};
const REPEATED_MOST = 2;
const WITHIN_MS = 30 * DAY_MS;
/** Stripe's clock is moved a moment after ours, by a day or a few at once. */
const CLOCKS_MS = 3 * DAY_MS;

/**
 * I-37: before each confirm of a debit that nobody pressed, its customer had a mail that tells of its amount, for the whole period
 * of its scheme, and for each earlier debit of the charge another one.
 */
export const nothingUnannounced: Invariant = (evidence) => {
  const firsts = byKey(debitsSent(evidence), ({ key }) => key);
  return [...firsts.values()].flatMap((copies): Found[] => {
    const [{ key, charge, method, request }] = copies as [Confirm];
    const scheme = evidence.schemes.get(method ?? '') as SchemeType;
    const earlier = [...firsts.values()].filter((each) =>
      each.some(
        (one) =>
          one.charge.id === charge.id &&
          one.key !== key &&
          one.request.status === 200 &&
          one.request.at_ms < request.at_ms,
      ),
    );
    const told = mailsOf(evidence, charge.customer_id, amountOf(evidence, request.path));
    const passed = told.filter(({ at_ms }) => at_ms + PERIOD_MS[scheme] <= request.latest_ms);
    if (passed.length > earlier.length) return [];
    const text = `${key} was sent after ${earlier.length} debits, and ${passed.length} of ${told.length} notices had passed`;
    return [{ harm: 'wrong_told', subject: charge.id, text }];
  });
};

const debitsSent = (evidence: Evidence): Confirm[] =>
  confirmsOf(evidence).filter(
    ({ method, request }) => evidence.schemes.has(method ?? '') && !isPressed(request),
  );

function amountOf({ ledger }: Evidence, path: string): number {
  return ledger.find(({ id }) => path.includes(`/${id}/`))?.amount ?? 0;
}

/** Notices, each once though it came twice: mails of that amount that lead to no page. */
function mailsOf({ mails, emails }: Evidence, customer_id: string, amount_minor: number): Mail[] {
  const [whole, cents] = (amount_minor / 100).toFixed(2).split('.');
  const amount = new RegExp(`(?<![\\d.])${whole}[.,]${cents}(?!\\d)`);
  const to = emails.get(customer_id);
  const notices = mails.filter(
    (mail) => mail.to === to && amount.test(mail.text) && !mail.links.some((link) => link.includes('/r/')),
  );
  return [...byKey(notices, ({ message_id }) => message_id).values()].map(
    (copies) => copies.sort((a, b) => a.at_ms - b.at_ms)[0] as Mail,
  );
}

/** I-38: a charge has a debit that pays, or that is with its bank, once; what came before had failed. */
export const oneDebitAtATime: Invariant = ({ debits }) =>
  [...byKey(debits, ({ charge_id }) => charge_id)].flatMap(([subject, rows]): Found[] => {
    const isLast = (row: StripeDebit) => row === rows.at(-1);
    const kept = rows.filter(({ status }) => status !== 'failed');
    if (kept.length === 0 || (kept.length === 1 && kept.every(isLast))) return [];
    return [{ harm: 'double', subject, text: `has debits ${rows.map(({ status }) => status).join(', ')}` }];
  });

/**
 * I-39: a debit is presented again after want of money alone, as its scheme names it; any other failure is the end of that account
 * for this charge. Of one mandate twice within thirty days, whatever charge it is for.
 */
export const repeatedAsAllowed: Invariant = ({ debits, schemes }) =>
  [...byKey(debits, ({ payment_method }) => payment_method)].flatMap(([method, rows]): Found[] => {
    const codes = REPEATED_AFTER[schemes.get(method) as SchemeType];
    const repeated = [...byKey(rows, ({ charge_id }) => charge_id).values()].flatMap((ofOne) =>
      ofOne.slice(1).map((row, nth) => ({ row, after: ofOne[nth]?.failure_code ?? 'no code' })),
    );
    const definite = repeated.filter(({ after }) => !codes.includes(after));
    const times = repeated.map(({ row }) => row.created_ms).sort((a, b) => a - b);
    const often = times.filter(
      (ms, nth) => ms - (times[nth - REPEATED_MOST] ?? -Infinity) < WITHIN_MS - CLOCKS_MS,
    );
    const said = (subject: string, text: string): Found => ({ harm: 'double', subject, text });
    return [
      ...definite.map(({ row, after }) => said(row.charge_id, `was debited again after ${after}`)),
      ...(often.length === 0 ? [] : [said(method, `was presented again ${times.length} times`)]),
    ];
  });

/** I-40: once the merchant was told that a mandate had ended, no confirm with its account is let go that nobody pressed. */
export const nothingWithEndedMandate: Invariant = (evidence) => {
  const ended = endedIn(evidence);
  return debitsSent(evidence).flatMap(({ key, charge, attempt, method, request }): Found[] => {
    const told_ms = ended.get(method ?? '');
    if (told_ms === undefined || attempt === null || request.replayed) return [];
    const since_ms = attempt.sent_at.getTime() - chaosTimings.leaseMs;
    if (since_ms <= told_ms) return [];
    return [
      {
        harm: 'broken',
        subject: charge.id,
        text: `${key} was let go after the mandate of ${method} had ended`,
      },
    ];
  });
};

/** Methods whose mandate has ended, and when we said so. What was said before a loss may have been forgotten. */
function endedIn({ received, lost }: Evidence): Map<string, number> {
  const ended = new Map<string, number>();
  for (const { type, created_at, data } of received?.events.values() ?? []) {
    const method = data.object as {
      readonly id: string;
      readonly mandate?: { readonly status: string } | null;
    };
    const at_ms = Date.parse(created_at);
    if (type !== 'mandate.updated' || method.mandate?.status !== 'inactive') continue;
    if (lost === null || at_ms > lost.at_ms)
      ended.set(method.id, Math.min(at_ms, ended.get(method.id) ?? at_ms));
  }
  return ended;
}

/** I-41: the merchant was told of each debit that came back, by an event in which the charge is paid and returned. */
export const lateReturnsTold: Invariant = ({ debits, received, returns: { bound } }) => {
  if (received === null) return [];
  const told = new Set(
    [...received.events.values()]
      .filter(({ type, data }) => {
        const { status, detail } = data.object as {
          readonly status?: string;
          readonly detail?: string | null;
        };
        return type === 'charge.disputed' && status === 'succeeded' && detail === 'returned';
      })
      .map(({ data }) => data.object.id),
  );
  return debits.flatMap(({ disputed, payment_intent }): Found[] => {
    const subject = bound.get(payment_intent);
    if (!disputed || subject === undefined || told.has(subject)) return [];
    return [{ harm: 'wrong_told', subject, text: 'came back, and nobody was told' }];
  });
};
