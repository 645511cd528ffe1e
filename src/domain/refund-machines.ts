/** The machines of what comes after a success: refunds, disputes and early fraud warnings. */
import type { Machine } from './machines.ts';

/** Money that goes back. */
export const refund_machine = {
  moved_by: `Moved by the worker that makes it at Stripe, and by any carrier of what Stripe says of it; made elsewhere, it is born
as Stripe shows it. A refund that had succeeded can still fail: the money is back with the merchant.`,
  statuses: {
    queued: 'pending',
    pending: 'pending',
    requires_action: 'requires_action',
    needs_review: 'pending',
    succeeded: 'succeeded',
    failed: 'failed',
    canceled: 'canceled',
  },
  moves: {
    queued: ['pending', 'requires_action', 'succeeded', 'failed', 'canceled', 'needs_review'],
    pending: ['requires_action', 'succeeded', 'failed', 'canceled', 'needs_review'],
    requires_action: ['pending', 'succeeded', 'failed', 'canceled', 'needs_review'],
    needs_review: ['queued', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled'],
    succeeded: ['failed', 'canceled'],
    failed: [],
    canceled: [],
  },
  born: 'refund.created',
  told: {
    requires_action: 'refund.requires_action',
    needs_review: 'refund.under_review',
    succeeded: 'refund.succeeded',
    failed: 'refund.failed',
    canceled: 'refund.canceled',
  },
} as const satisfies Machine;

/** Money that is asked back through a bank. */
export const dispute_machine = {
  moved_by: `Moved by any carrier of what Stripe says of it: open until its bank's last word, or its owner's. What is said of an
appeal afterwards is its \`status\` only.`,
  statuses: { open: 'open', closed: 'closed' },
  moves: { open: ['closed'], closed: [] },
  born: 'charge.disputed',
  told: { closed: 'charge.dispute_closed' },
} as const satisfies Machine;

/** A payment that its issuer calls fraud. */
export const fraud_warning_machine = {
  moved_by: `Moved by any carrier of what Stripe says of it: actionable until its payment went back or is disputed.`,
  statuses: { actionable: 'actionable', over: 'over' },
  moves: { actionable: ['over'], over: [] },
  born: 'charge.fraud_warning',
} as const satisfies Machine;
