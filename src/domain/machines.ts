/**
 * Every state machine, as data: which states an obligation has, what the merchant sees, and where it may go. The database
 * holds the same rows (`states`, `allowed_transitions`), and its trigger refuses anything else; a test compares the two,
 * so neither can drift.
 */

import { eventMachines } from './event-machines.ts';
import { message_machine, notice_machine, recovery_machine } from './recovery-machines.ts';
import { dispute_machine, fraud_warning_machine, refund_machine } from './refund-machines.ts';
import { run_machine } from './run/run-machine.ts';

export type Machine = {
  /** Who moves it: the sentence above its diagram. */
  readonly moved_by: string;
  /** state -> the status shown to merchants and customers */
  readonly statuses: Readonly<Record<string, string>>;
  /** state -> the states it may move to; a terminal state has none */
  readonly moves: Readonly<Record<string, readonly string[]>>;
  /** What merchants are told of its birth; absent: nothing. */
  readonly born?: string;
  /** state -> what merchants are told when it comes from a state of which they were told something else */
  readonly told?: Readonly<Record<string, string>>;
};

const charge = {
  moved_by: `Moved by the worker or the press that holds its lease, by any carrier of a fact about its PaymentIntent,
and into \`closing\` by the cancel, the expiry or the revocation that requests its end.`,
  statuses: {
    queued: 'processing',
    in_flight: 'processing',
    unknown: 'processing',
    pending: 'processing',
    retry_wait: 'processing',
    action_required: 'requires_action',
    closing: 'processing',
    needs_review: 'processing',
    succeeded: 'succeeded',
    failed: 'failed',
    canceled: 'canceled',
  },
  moves: {
    queued: ['in_flight', 'action_required', 'closing', 'succeeded', 'pending', 'failed', 'needs_review'],
    in_flight: [
      'queued',
      'unknown',
      'pending',
      'retry_wait',
      'action_required',
      'closing',
      'succeeded',
      'failed',
      'needs_review',
    ],
    unknown: [
      'queued',
      'in_flight',
      'pending',
      'retry_wait',
      'action_required',
      'closing',
      'succeeded',
      'failed',
      'needs_review',
    ],
    pending: [
      'unknown',
      'retry_wait',
      'action_required',
      'closing',
      'succeeded',
      'failed',
      'canceled',
      'needs_review',
    ],
    retry_wait: ['in_flight', 'pending', 'action_required', 'closing', 'succeeded', 'failed', 'needs_review'],
    action_required: ['in_flight', 'pending', 'closing', 'succeeded', 'failed', 'needs_review'],
    closing: ['pending', 'succeeded', 'failed', 'canceled', 'needs_review'],
    needs_review: ['queued', 'unknown', 'closing', 'succeeded', 'failed'],
    succeeded: [],
    failed: [],
    canceled: [],
  },
  born: 'charge.created',
  told: {
    action_required: 'charge.requires_action',
    needs_review: 'charge.under_review',
    succeeded: 'charge.succeeded',
    failed: 'charge.failed',
    canceled: 'charge.canceled',
  },
} as const;

const attempt = {
  moved_by: `Opened by the statement that writes it ahead of its confirm, for a worker or for the customer's press;
resolved by any carrier of what Stripe said of it.`,
  statuses: {
    open: 'open',
    awaiting_customer: 'awaiting_customer',
    processing: 'processing',
    succeeded: 'succeeded',
    declined: 'declined',
    authentication_required: 'authentication_required',
    abandoned: 'abandoned',
    canceled: 'canceled',
    not_executed: 'not_executed',
    lost: 'lost',
  },
  moves: {
    open: [
      'awaiting_customer',
      'processing',
      'succeeded',
      'declined',
      'authentication_required',
      'abandoned',
      'canceled',
      'not_executed',
      'lost',
    ],
    awaiting_customer: ['processing', 'succeeded', 'declined', 'abandoned', 'canceled'],
    processing: ['succeeded', 'declined', 'canceled'],
    succeeded: [],
    declined: [],
    authentication_required: [],
    abandoned: [],
    canceled: [],
    not_executed: [],
    lost: [],
  },
  told: { declined: 'charge.attempt_failed', authentication_required: 'charge.attempt_failed' },
} as const;

const setup = {
  moved_by: `Moved by its worker and by events of its SetupIntent or Checkout Session; into \`closing\` by the merchant's
cancel, its own expiry, or the end of the recovery that asked for it.`,
  statuses: {
    queued: 'queued',
    awaiting_customer: 'awaiting_customer',
    processing: 'processing',
    closing: 'processing',
    needs_review: 'processing',
    succeeded: 'succeeded',
    failed: 'failed',
    canceled: 'canceled',
    expired: 'expired',
  },
  moves: {
    queued: ['awaiting_customer', 'closing', 'failed', 'needs_review'],
    awaiting_customer: [
      'processing',
      'closing',
      'succeeded',
      'failed',
      'canceled',
      'expired',
      'needs_review',
    ],
    processing: [
      'awaiting_customer',
      'closing',
      'succeeded',
      'failed',
      'canceled',
      'expired',
      'needs_review',
    ],
    closing: ['succeeded', 'failed', 'canceled', 'expired', 'needs_review'],
    needs_review: ['queued', 'awaiting_customer', 'closing', 'succeeded'],
    succeeded: [],
    failed: [],
    canceled: [],
    expired: [],
  },
  born: 'setup.created',
  told: {
    awaiting_customer: 'setup.awaiting_customer',
    processing: 'setup.processing',
    closing: 'setup.processing',
    needs_review: 'setup.processing',
    succeeded: 'setup.succeeded',
    failed: 'setup.failed',
    canceled: 'setup.canceled',
    expired: 'setup.expired',
  },
} as const;

const customer = {
  moved_by: `Moved by the worker that binds it to its customer at Stripe; into \`erasing\` by the merchant's word that the person
is to be forgotten, and into \`erased\` by the worker that finds nothing of them left.`,
  statuses: {
    queued: 'queued',
    bound: 'bound',
    needs_review: 'needs_review',
    erasing: 'erasing',
    erased: 'erased',
  },
  moves: {
    queued: ['bound', 'needs_review', 'erasing'],
    bound: ['erasing'],
    needs_review: ['queued', 'bound', 'erasing'],
    erasing: ['erased', 'needs_review'],
    erased: [],
  },
  born: 'customer.created',
  told: { erasing: 'customer.erased', erased: 'customer.erased' },
} as const;

const payment_method = {
  moved_by: `Moved by the merchant who accepts or detaches it, by the worker that detaches it at Stripe, and by
Stripe's word that it is gone.`,
  statuses: {
    usable: 'usable',
    unusable: 'unusable',
    withdrawn: 'unusable',
    detaching: 'detached',
    detached: 'detached',
    needs_review: 'unusable',
  },
  moves: {
    usable: ['unusable', 'withdrawn', 'detaching', 'detached'],
    unusable: ['usable', 'withdrawn', 'detaching', 'detached'],
    withdrawn: ['detaching', 'detached'],
    detaching: ['detached', 'needs_review'],
    needs_review: ['withdrawn', 'detaching', 'detached'],
    detached: [],
  },
  born: 'payment_method.attached',
  told: { detaching: 'payment_method.detached', detached: 'payment_method.detached' },
} as const;

/** The machines by entity name, as the database's `entity` column spells it. */
export const machines = {
  attempt,
  charge,
  customer,
  delivery: eventMachines.delivery,
  dispute: dispute_machine,
  fraud_warning: fraud_warning_machine,
  inbox_event: eventMachines.inbox_event,
  message: message_machine,
  notice: notice_machine,
  payment_method,
  recovery: recovery_machine,
  refund: refund_machine,
  run: run_machine,
  setup,
  webhook_endpoint: eventMachines.webhook_endpoint,
} as const satisfies Record<string, Machine>;

export type Entity = keyof typeof machines;
export type StateOf<E extends Entity> = keyof (typeof machines)[E]['moves'];
export type ChargeState = StateOf<'charge'>;
export type AttemptState = StateOf<'attempt'>;
export type SetupState = StateOf<'setup'>;
export type RecoveryState = StateOf<'recovery'>;
export type NoticeState = StateOf<'notice'>;
export type RefundState = StateOf<'refund'>;
export type RunState = StateOf<'run'>;

/** Whether `entity` may go from one state to another; staying where it is always may. */
export function mayMove<E extends Entity>(entity: E, from: StateOf<E>, to: StateOf<E>): boolean {
  const machine: Machine = machines[entity];
  return from === to || (machine.moves[from as string] ?? []).includes(to as string);
}

/** Whether nothing ever leaves this state. */
export function isTerminal<E extends Entity>(entity: E, state: StateOf<E>): boolean {
  const machine: Machine = machines[entity];
  return (machine.moves[state as string] ?? []).length === 0;
}
