/** Whether people and other programs get what is theirs: a way out of each break, and what they did themselves. */
import type { Evidence } from '../evidence.ts';
import type { DeedName } from '../faults/names.ts';
import type { Harm, Invariant } from './breach.ts';

const CANCEL = /^\/v1\/payment_intents\/([^/]+)\/cancel$/;

/** The kinds of breaks that a deed leads to. Where nobody did it, such a break is a contradiction of our own making. */
const LEADS_TO: Partial<Record<DeedName, readonly string[]>> = {
  dashboard_amount_changed: ['amount_differs', 'succeeded_at_stripe_only'],
  dashboard_customer_deleted: ['create_refused'],
  dashboard_disputed: ['dispute'],
  foreign_payment: ['unbound_payment_intent', 'success_of_unbound_payment_intent', 'charged_twice'],
  foreign_hold: ['unbound_payment_intent', 'success_of_unbound_payment_intent', 'charged_twice'],
  commits_lost: [
    'rows_lost',
    'success_without_charge',
    'success_of_unbound_payment_intent',
    'unbound_payment_intent',
    'orphan_left',
    'confirm_without_attempt',
  ],
};

/** I-24: a break is recorded only where somebody else had a hand in it, and none is left without an end. */
export const breaksEnd: Invariant = ({ breaks, deeds, typed, two_creates, debits }: Evidence) => {
  const explained = new Set(deeds.flatMap((deed) => LEADS_TO[deed] ?? []));
  if (debits.some(({ disputed }) => disputed)) explained.add('dispute');
  // Who looks for what a forgotten charge made finds the other program's copy, of another amount, alone or beside ours.
  const isCopied = deeds.includes('foreign_payment') || deeds.includes('foreign_hold');
  if (isCopied && deeds.includes('commits_lost'))
    explained.add('amount_differs').add('several_payment_intents');
  // The older build parks what it cannot create, and what the other one made for it waits unbound.
  for (const kind of two_creates ? ['create_refused', 'orphan_left'] : []) explained.add(kind);
  return breaks.flatMap(({ kind, entity_id: subject, closed_by }) => {
    const said = (harm: Harm, text: string) => [{ harm, subject, text }];
    if (!explained.has(kind)) return said('broken', kind);
    if (closed_by !== null) return [];
    const verbs = typed
      .filter(({ waiting }) => waiting.kind === kind && waiting.entity === subject)
      .map(({ verb, answer }) => `${verb}: ${answer}`);
    return said('unsettled', `${kind} has no end: ${verbs.join('; ') || 'no verb typed'}`);
  });
};

/** I-30: once the operator has typed what the kinds name, `reconcile` finds that both sides agree. */
export const booksAgree: Invariant = ({ differences }) =>
  differences.map((text) => ({ harm: 'broken', subject: text.split(' ')[1] ?? '', text }));

/** I-29: nothing of another program's is bound to a charge, unless a person claimed it, and no hold of its is cancelled. */
export const foreignLeftAlone: Invariant = ({ foreign, charges, words, requests, ledger }) => {
  const spoken = new Set(
    words.filter(({ verb }) => verb === 'claim' || verb === 'accept').map(({ stripe_id }) => stripe_id),
  );
  const canceled = new Set(
    requests
      .filter(({ idempotency_key }) => idempotency_key?.startsWith('dc1:'))
      .map(({ path }) => CANCEL.exec(path)?.[1]),
  );
  return foreign.flatMap(({ id, holds, released }) => {
    const said = (text: string) => [{ harm: 'broken' as const, subject: id, text }];
    const bound = charges.find((charge) => charge.stripe_payment_intent_id === id);
    if (bound !== undefined && !spoken.has(id)) return said(`another program's, is bound to ${bound.id}`);
    if (!holds) return [];
    const status = ledger.find((intent) => intent.id === id)?.status;
    const is_as_left = released ? status === 'canceled' : status === 'succeeded';
    if (canceled.has(id)) return said('another program held it, and we sent a cancel');
    return is_as_left ? [] : said(`another program's, is ${status}`);
  });
};
