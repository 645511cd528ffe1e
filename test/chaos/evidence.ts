/**
 * What the verdict rests on: our tables, Stripe's ledger and logs, the customers' inbox, and the merchant's own record
 * of the answers it got. All of it is plain data, so that a test can change one thing and show that each invariant
 * notices.
 */
import type { WebhookEvent } from '../../clients/typescript/src/client.ts';
import type { SchemeType } from '../../src/domain/debit/schemes.ts';
import type { DeedName } from './faults/names.ts';
import type { Asked, Preferred, Withdrawal } from './merchant.ts';
import type { Refunded } from './people/after-payment.ts';
import type { Foreign } from './people/foreign.ts';
import type { Typed } from './people/operator.ts';
import type { Returns } from './people/returns.ts';

export type ChargeRow = {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly amount_minor: number;
  readonly amount_received_minor: number | null;
  /** What a person accepted where that is not what was asked. */
  readonly accepted_minor: number | null;
  readonly currency: string;
  readonly reference: string | null;
  readonly customer_id: string;
  readonly consent_id: string;
  readonly payment_method_id: string;
  readonly follows_customer: boolean;
  readonly created_at: Date;
  readonly stripe_payment_intent_id: string | null;
  readonly detail: string | null;
  readonly settled_at: Date | null;
  readonly due_at: Date | null;
};
export type AttemptRow = {
  readonly charge_id: string;
  readonly number: number;
  readonly state: string;
  readonly idempotency_key: string;
  readonly stripe_payment_intent_id: string;
  readonly request_body: string;
  readonly payment_method_id: string;
  readonly decline_code: string | null;
  /** What it rests on. */
  readonly consent_id: string | null;
  readonly started_at: Date;
  /** When it was last let go. */
  readonly sent_at: Date;
  readonly ended_at: Date | null;
};
export type TransitionRow = {
  readonly id: number;
  readonly entity: string;
  readonly entity_id: string;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly version: number;
  readonly cause_reference: string | null;
  readonly at: Date;
};
export type ToldRow = {
  readonly object_id: string;
  readonly version: number;
  readonly type: string;
};
export type RecoveryRow = {
  readonly id: string;
  readonly state: string;
  readonly charge_id: string;
};
export type MessageRow = {
  readonly id: string;
  readonly state: string;
  readonly recovery_id: string;
  readonly step: string;
  /** The mail that a merged step went out with. */
  readonly served_by: string | null;
};
export type InboxRow = { readonly id: string; readonly state: string; readonly stripe_created_at: Date };
export type LeaseRow = {
  readonly entity: string;
  readonly id: string;
  readonly state: string;
  readonly is_held: boolean;
};

export type BreakRow = {
  readonly kind: string;
  readonly entity_id: string;
  /** Null: it still waits for a person. */
  readonly closed_by: string | null;
};
export type WordRow = {
  readonly verb: string;
  readonly entity_id: string;
  readonly stripe_id: string | null;
};

/** As the simulator reports it. */
export type LedgerRow = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amount_received: number;
  readonly currency: string;
  readonly successes: number;
  readonly metadata: Readonly<Record<string, string>>;
};
export type StripeRequest = {
  readonly method: string;
  readonly path: string;
  readonly idempotency_key: string | null;
  readonly body: string;
  readonly status: number | null;
  /** It was answered with what an earlier copy had brought about, and did nothing. */
  readonly replayed: boolean;
  /** Business time, milliseconds. */
  readonly at_ms: number;
  /** The same, if it came while the clock was moved: as if afterwards. */
  readonly latest_ms: number;
};
/** What Stripe has of one debit: a charge of its, of a bank account. */
export type StripeDebit = {
  readonly id: string;
  /** The charge that it bears the mark of. */
  readonly charge_id: string;
  readonly payment_intent: string;
  readonly payment_method: string;
  readonly status: string;
  readonly failure_code: string | null;
  readonly disputed: boolean;
  /** By Stripe's clock, milliseconds, to the second. */
  readonly created_ms: number;
};
export type WebhookTry = {
  readonly event: string;
  readonly status: number | null;
  readonly duplicate: boolean;
  readonly reordered: boolean;
  /** How long after the event, in business time. */
  readonly late_ms: number;
  /** Business time, milliseconds. */
  readonly at_ms: number;
};
export type Mail = {
  readonly to: string;
  readonly message_id: string;
  readonly links: readonly string[];
  readonly text: string;
  /** Business time, milliseconds. */
  readonly at_ms: number;
};
/** What `GET /v1/charges/:id` says at the end. */
export type Shown = { readonly id: string; readonly status: string };

/** Commits that were lost: what was written before `at_ms` may be missing, and nobody asks again for `left`. */
export type LostSpan = { readonly at_ms: number; readonly left: ReadonlySet<string> };

export type Evidence = {
  readonly lost: LostSpan | null;
  /** Builds took part that send different creates under the same key: docs/deploy.md says what becomes of them. */
  readonly two_creates: boolean;
  readonly asked: readonly Asked[];
  readonly withdrawals: readonly Withdrawal[];
  readonly preferred: readonly Preferred[];
  readonly emails: ReadonlyMap<string, string>;
  /** A build takes part that keeps no verdict on a card. */
  readonly two_verdicts: boolean;
  /** Methods to the fingerprints of their cards, by Stripe's word. */
  readonly cards: ReadonlyMap<string, string>;
  /** Methods and consents to their customers. */
  readonly owners: ReadonlyMap<string, string>;
  /** Customers with a card on file whose agreement is not: it was pressed, and lost. */
  readonly unagreed: ReadonlySet<string>;
  /** Charges to the methods that their recoveries saved. */
  readonly saved: readonly { readonly charge_id: string; readonly payment_method_id: string }[];
  /** The bank accounts of those who pay by debit, to their schemes. */
  readonly schemes: ReadonlyMap<string, SchemeType>;
  /** In the order in which they began. */
  readonly debits: readonly StripeDebit[];
  /** Notices to the charges of whose debits they tell. */
  readonly notices: ReadonlyMap<string, string>;
  readonly charges: readonly ChargeRow[];
  readonly attempts: readonly AttemptRow[];
  readonly transitions: readonly TransitionRow[];
  readonly allowed: ReadonlySet<string>;
  /** `entity/state` -> the status that the merchant sees. */
  readonly statuses: ReadonlyMap<string, string>;
  /** What merchants were told, in the order of writing: as it came, where an endpoint took it and no row was lost. */
  readonly told: readonly ToldRow[];
  /** What `GET /v1/events` answers. */
  readonly feed: readonly WebhookEvent[];
  /** What the merchant's endpoint took; null without one. */
  readonly received: {
    readonly events: ReadonlyMap<string, WebhookEvent>;
    /** Why notifications were turned away. */
    readonly refused: readonly string[];
    readonly led_astray: number;
  } | null;
  /** Refunds that the API accepted. */
  readonly refunded: readonly Refunded[];
  readonly returns: Returns;
  readonly recoveries: readonly RecoveryRow[];
  readonly messages: readonly MessageRow[];
  readonly inbox: readonly InboxRow[];
  readonly leases: readonly LeaseRow[];
  readonly breaks: readonly BreakRow[];
  /** What the operator said of money, as the rows keep it. */
  readonly words: readonly WordRow[];
  /** The verbs that the operator typed, with the answers; and what `reconcile` said last. */
  readonly typed: readonly Typed[];
  readonly differences: readonly string[];
  readonly deeds: readonly DeedName[];
  readonly foreign: readonly Foreign[];
  readonly shown: readonly Shown[];
  readonly ledger: readonly LedgerRow[];
  readonly requests: readonly StripeRequest[];
  readonly webhooks: readonly WebhookTry[];
  readonly mails: readonly Mail[];
};
