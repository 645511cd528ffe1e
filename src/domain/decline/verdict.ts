/** What a decline says beyond its charge: of the card, or of what its customer agreed to (docs/protocol.md, 8.7). */
import { DECLINE_TABLE } from './decline-table.ts';
import { classifyDecline, type DeclineCodes } from './declines.ts';
import { NEVER_AGAIN, type Network, type VerdictScope } from './network-rules.ts';

export type Verdict = {
  readonly scope: Exclude<VerdictScope, 'charge'>;
  /** The code that says so, as Stripe shows it. */
  readonly reason: string;
  /** What the decline asked for; so does every charge that meets it later. */
  readonly asks: 'replace' | 'stop';
  /** It counts for cards of this network only; null: of any, and for what is no card. */
  readonly network: Network | null;
};

const SCOPES = new Map(DECLINE_TABLE.map(({ code, scope }) => [code, scope]));

/**
 * The verdicts of a decline, the first that fits the card's network counts: what Stripe's codes say of the card before what
 * its network's do, and what closes the card before what ends an agreement. None of a decline that is tried again or asks
 * for the customer at their bank, because then no code that forbids another try has decided.
 */
export function verdictsOf(codes: DeclineCodes): Verdict[] {
  const { class: asks } = classifyDecline(codes);
  if (asks !== 'replace' && asks !== 'stop') return [];
  const ours = [codes.decline_code, codes.failure_code ?? null, codes.code].map((code) => ({
    code,
    scope: SCOPES.get(code ?? '') ?? 'charge',
    network: null,
  }));
  const theirs = NEVER_AGAIN.map(({ field, codes: listed, network, scope }) => {
    const code = codes[field];
    return { code: listed.includes(code ?? '') ? code : null, scope, network };
  });
  return (['card', 'agreement'] as const).flatMap((wanted) =>
    [...ours, ...theirs].flatMap(({ code, scope, network }) =>
      code !== null && scope === wanted ? [{ scope, reason: code, asks, network }] : [],
    ),
  );
}
