/** The machines of a recovery and its mails, and of the notice before a debit. */
import type { Machine } from './machines.ts';

/** Bringing the customer back to pay one charge. */
export const recovery_machine = {
  moved_by: `Opened and completed by the statement that settles its charge, expired by the worker that keeps its
cadence, revoked with the end of its charge.`,
  statuses: { open: 'open', completed: 'completed', expired: 'expired', revoked: 'revoked' },
  moves: { open: ['completed', 'expired', 'revoked'], completed: [], expired: [], revoked: [] },
  born: 'recovery.opened',
  told: { completed: 'recovery.succeeded', expired: 'recovery.expired' },
} as const satisfies Machine;

/** One step's mail. */
export const message_machine = {
  moved_by: `Moved by the worker that sends the mail, after it has read once more whether the mail is still wanted; into
\`merged\` by the statement that starts another mail of the same customer, which then serves it.`,
  statuses: {
    queued: 'queued',
    sending: 'sending',
    sent: 'sent',
    merged: 'merged',
    suppressed: 'suppressed',
    failed: 'failed',
  },
  moves: {
    queued: ['sending', 'merged', 'suppressed', 'failed'],
    sending: ['queued', 'sent', 'suppressed', 'failed'],
    sent: [],
    merged: [],
    suppressed: [],
    failed: [],
  },
  told: { sent: 'recovery.mailed' },
} as const satisfies Machine;

/** What a customer is told before a debit. */
export const notice_machine = {
  moved_by: `Written by the worker that plans a debit; moved by the one that mails it, after it has read once more whether the debit
is still to come as told. One that Stripe is to send is born as \`sent\`: it goes out with the confirm.`,
  statuses: {
    queued: 'queued',
    sending: 'sending',
    sent: 'sent',
    suppressed: 'suppressed',
    failed: 'failed',
  },
  moves: {
    queued: ['sending', 'suppressed', 'failed'],
    sending: ['queued', 'sent', 'suppressed', 'failed'],
    sent: [],
    suppressed: [],
    failed: [],
  },
  told: { sent: 'notice.sent', failed: 'notice.undeliverable' },
} as const satisfies Machine;
