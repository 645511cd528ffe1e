/** An event as merchants get it, in the feed and in notifications alike: its object by the API's own view of it. */
import { invariant } from '../../platform/errors.ts';
import type { ChargeRow, RefundJson } from '../../store/charge/charge-list.ts';
import type { ConsentRow } from '../../store/customer/consents.ts';
import type { CustomerRow } from '../../store/customer/customers.ts';
import type { MethodView } from '../../store/customer/payment-method-list.ts';
import type { EventRow } from '../../store/events/event-list.ts';
import type { RunRow } from '../../store/run/run-list.ts';
import type { SetupWithConsent } from '../../store/setup/setup-list.ts';
import type { EventObject, EventType, EventView } from '../schemas/event.ts';
import { chargeView } from './charge.ts';
import { consentView } from './consent.ts';
import { customerView } from './customer.ts';
import { paymentMethodView } from './payment-method.ts';
import { refundView } from './refund.ts';
import { runView } from './run.ts';
import { setupView } from './setup.ts';

/** Renders an event. What was forgotten with its person is null, or empty. */
export function eventView(row: EventRow, livemode: boolean): EventView {
  return {
    id: row.id,
    object: 'event',
    type: row.type as EventType,
    created_at: row.created_at.toISOString(),
    livemode,
    version: row.version,
    data: { object: render(row.object, row.facts) },
  } as EventView;
}

function render(object: string, facts: EventRow['facts']): EventView['data']['object'] {
  const view = views[object as EventObject];
  invariant(view !== undefined, 'an event tells of an object that has a view');
  return view(facts);
}

type Facts = EventRow['facts'];
type Part = Readonly<Record<string, unknown>> | null | undefined;

const views: { readonly [O in EventObject]: (facts: Facts) => EventView['data']['object'] } = {
  charge: (facts) => chargeView(charge(facts)),
  refund: (facts) => refundView(facts as unknown as RefundJson),
  setup: ({ setup, consent }) =>
    setupView({
      setup: dated(setup as Part, FORGOTTEN.setup),
      consent: dated(consent as Part, FORGOTTEN.consent),
    } as SetupWithConsent),
  payment_method: ({ method, consent, is_default, closed }) =>
    paymentMethodView({
      method: dated(method as Part, FORGOTTEN.method),
      consent: consent == null ? null : dated(consent as Part, FORGOTTEN.consent),
      is_default,
      closed,
    } as MethodView),
  run: (facts) => runView(dated(facts, {}) as RunRow, null),
  consent: (facts) => consentView(dated(facts, FORGOTTEN.consent) as ConsentRow),
  customer: (facts) => customerView(dated(facts, FORGOTTEN.customer) as CustomerRow),
};

/** What stands in place of what was forgotten. */
const FORGOTTEN = {
  charge: { description: '', reference: null, metadata: {}, document: null },
  consent: { text: '', text_version: '', amount_basis: '', ip_address: null, user_agent: null },
  setup: { metadata: {}, return_url: '', mandate_id: null },
  method: {
    card_brand: null,
    card_last4: null,
    card_exp_month: null,
    card_exp_year: null,
    mandate_id: null,
    bank_last4: null,
  },
  customer: { email: null, name: null, locale: null, time_zone: null, metadata: {}, reference: null },
} as const;

function charge(facts: Facts): ChargeRow {
  return dated(facts, FORGOTTEN.charge) as ChargeRow;
}

/** JSON has no dates: what our columns call a time (`…_at`, and these) is one again. */
const TIMES: ReadonlySet<string> = new Set(['scheduled_for', 'until', 'evidence_until']);

function dated(part: Part, forgotten: Readonly<Record<string, unknown>>): unknown {
  const entries = Object.entries(part ?? {}).map(([name, value]) => {
    const isTime = typeof value === 'string' && (name.endsWith('_at') || TIMES.has(name));
    return [name, isTime ? new Date(value) : value];
  });
  return { ...forgotten, ...Object.fromEntries(entries) };
}
