/** What we are told, and what we tell: Stripe's events, merchants' endpoints, and what is owed to them. */
const inbox_event = {
  moved_by: `Moved by the worker that applies the event; one that was ignored for want of a charge, back by the statement
that brings the charge.`,
  statuses: { received: 'received', applied: 'applied', ignored: 'ignored', parked: 'parked' },
  moves: {
    received: ['applied', 'ignored', 'parked'],
    parked: ['received', 'applied', 'ignored'],
    applied: [],
    ignored: ['received'],
  },
} as const;

const webhook_endpoint = {
  moved_by: `Moved by its merchant, and into \`disabled\` also by the statement that notes an answer 410 or days of nothing but
failures; into \`deleted\` by the worker that has canceled what was still owed to it.`,
  statuses: { enabled: 'enabled', disabled: 'disabled', deleting: 'deleted', deleted: 'deleted' },
  moves: {
    enabled: ['disabled', 'deleting'],
    disabled: ['enabled', 'deleting'],
    deleting: ['deleted'],
    deleted: [],
  },
} as const;

const delivery = {
  moved_by: `Born with its event's number; moved by the statement that notes what the endpoint answered, back into \`queued\` by
whoever wants it sent once more, and into \`canceled\` with its endpoint or its event.`,
  statuses: { queued: 'queued', delivered: 'delivered', failed: 'failed', canceled: 'canceled' },
  moves: {
    queued: ['delivered', 'failed', 'canceled'],
    delivered: ['queued'],
    failed: ['queued'],
    canceled: [],
  },
} as const;

export const eventMachines = { inbox_event, webhook_endpoint, delivery } as const;
