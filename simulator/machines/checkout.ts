import type Stripe from 'stripe';
import { addressOf } from '../debits/holder.ts';
import { emit } from '../events/emit.ts';
import { invalid } from '../http/errors.ts';
import { buildCustomer } from '../objects/customer.ts';
import { buildSession } from '../objects/session.ts';
import type { Wire } from '../wire-type.ts';
import { change, insert } from '../world/table.ts';
import type { Context, IntentSeed, PaymentIntentRow, SessionRow, SetupIntentRow } from '../world/world.ts';
import { checkConfirm, executeConfirm } from './confirm-payment.ts';
import { checkSetup, executeSetup, setupOptions } from './confirm-setup.ts';
import { newPayment, newSetup } from './intents.ts';
import { type MethodSource, makeMethod } from './methods.ts';
import { type AllowedType, type CardOptions, paymentOptions, typesOnOffer } from './offer.ts';
import { cancelPayment } from './pay.ts';
import { cancelSetup } from './save.ts';

/** What a request for a session asks for. */
export interface SessionAsked {
  mode: 'payment' | 'setup';
  customer: string | null;
  allowed: AllowedType[] | null;
  currency: string | null;
  lines: Wire<Stripe.LineItem>[];
  success_url: string;
  cancel_url: string | null;
  client_reference_id: string | null;
  customer_email: string | null;
  customer_creation: 'always' | 'if_required' | null;
  locale: Wire<Stripe.Checkout.Session>['locale'];
  metadata: Record<string, string>;
  expires_at: number;
  seed: IntentSeed;
  redisplay: 'always' | 'limited' | 'unspecified';
  options: CardOptions;
}

/** What the customer fills in on the page. */
export interface Submitted {
  source: MethodSource;
  name: string | null;
  email: string | null;
  /** The box under the mandate's text. */
  accepted: boolean;
}

const BROWSER = { ip_address: '127.0.0.1', user_agent: 'Simulated Browser' };

/**
 * Opens a session. Setup mode has its SetupIntent from the start [U]; payment mode makes its own on submit.
 */
export function openSession(context: Context, asked: SessionAsked): SessionRow {
  const { account, world } = context;
  const id = account.random.id('cs_test_a1', 56);
  const types = typesOnOffer(asked.allowed, asked.currency);
  const total =
    asked.mode === 'payment' ? asked.lines.reduce((sum, line) => sum + line.amount_total, 0) : null;
  const setup = asked.mode === 'setup' ? sessionsSetup(context, asked, types) : null;
  const value = buildSession(id, world.clock.seconds(), {
    allowed_payment_method_types: asked.allowed,
    amount_subtotal: total,
    amount_total: total,
    cancel_url: asked.cancel_url,
    client_reference_id: asked.client_reference_id,
    currency: asked.currency,
    customer: asked.customer,
    customer_creation: asked.customer_creation ?? (asked.mode === 'payment' ? 'if_required' : null),
    customer_details: null,
    customer_email: asked.customer_email,
    expires_at: asked.expires_at,
    locale: asked.locale,
    metadata: asked.metadata,
    mode: asked.mode,
    payment_method_options: types.includes('card') ? { card: { request_three_d_secure: 'automatic' } } : {},
    payment_method_types: types,
    payment_status: asked.mode === 'payment' ? 'unpaid' : 'no_payment_required',
    setup_intent: setup?.value.id ?? null,
    success_url: asked.success_url,
    ui_mode: 'hosted_page',
    url: `${world.url}/c/pay/${id}`,
  });
  const row: SessionRow = {
    value,
    intent: asked.seed,
    lines: asked.lines,
    redisplay: asked.redisplay,
    options: asked.options,
    unschedule: () => undefined,
    lastError: null,
    moved: (at) => follow(at, row),
  };
  if (setup !== null) setup.session = row;
  const later = { ...context, request: null };
  row.unschedule = world.clock.after((asked.expires_at - world.clock.seconds()) * 1000, () =>
    expireSession(later, row),
  );
  return insert(account.sessions, row);
}

/** Ends an open session unpaid, and its intent with it. */
export function expireSession(context: Context, row: SessionRow): void {
  if (row.value.status !== 'open') return;
  row.unschedule();
  const intent = intentOf(context, row);
  change(row, { status: 'expired', url: null });
  if (intent?.kind === 'setup' && isOpen(intent.row.value.status)) cancelSetup(context, intent.row, null);
  if (intent?.kind === 'payment' && isOpen(intent.row.value.status))
    cancelPayment(context, intent.row, 'automatic');
  emit(context, 'checkout.session.expired', row.value);
}

/**
 * The customer pays or saves. Throws the bank's or the form's objection; the session then stays open.
 */
export function submit(context: Context, row: SessionRow, filled: Submitted): void {
  const { customer_creation, customer } = row.value;
  const email = filled.email ?? row.value.customer_email;
  if (filled.source.kind === 'bank' && !filled.accepted)
    throw invalid('Please accept the mandate.', 'accept');
  const method = makeMethod(context, filled.source, {
    billing_details: {
      ...{ email, name: filled.name },
      ...(filled.source.kind === 'bank' ? { address: addressOf(filled.source.bank) } : {}),
    },
    allow_redisplay: row.redisplay,
  });
  if (customer === null && customer_creation === 'always') {
    change(row, { customer: newCustomer(context, email, filled.name) });
  }
  change(row, { customer_details: customerDetails(email, filled.name) });
  const acceptance = filled.accepted
    ? { type: 'online' as const, accepted_at: null, online: BROWSER }
    : undefined;
  const sent = {
    method: method.value.id,
    methodData: undefined,
    returnUrl: row.value.url,
    useStripeSdk: false,
    acceptance,
    allowed: undefined,
    options: row.options,
  };
  const intent = intentOf(context, row);
  if (row.value.mode === 'setup' && intent?.kind === 'setup') {
    change(intent.row, { customer: row.value.customer });
    executeSetup(context, intent.row, checkSetup(context, intent.row.value, row.value.currency, sent));
    return;
  }
  const payment = intent?.kind === 'payment' ? intent.row : sessionsPayment(context, row);
  const more = {
    offSession: false,
    errorOnAction: false,
    mandate: null,
    captureMethod: undefined,
    setupFutureUsage: undefined,
    receiptEmail: undefined,
    shipping: undefined,
  };
  executeConfirm(context, payment, checkConfirm(context, payment.value, { ...sent, ...more }));
}

type Intent = { kind: 'setup'; row: SetupIntentRow } | { kind: 'payment'; row: PaymentIntentRow };

/** The session's own intent. */
export function intentOf(context: Context, row: SessionRow): Intent | undefined {
  const setup = context.account.setupIntents.byId.get(String(row.value.setup_intent));
  if (setup !== undefined) return { kind: 'setup', row: setup };
  const payment = context.account.paymentIntents.byId.get(String(row.value.payment_intent));
  return payment === undefined ? undefined : { kind: 'payment', row: payment };
}

/** Updates the session when its intent has moved. */
function follow(context: Context, row: SessionRow): void {
  const intent = intentOf(context, row);
  if (intent === undefined) return;
  const { status } = intent.row.value;
  if (row.value.status === 'open') {
    const error =
      intent.kind === 'setup' ? intent.row.value.last_setup_error : intent.row.value.last_payment_error;
    row.lastError = error?.message ?? null;
    if (['succeeded', 'processing', 'requires_capture'].includes(status))
      complete(context, row, status === 'succeeded');
  } else if (
    row.value.status === 'complete' &&
    row.value.mode === 'payment' &&
    row.value.payment_status === 'unpaid'
  ) {
    if (status === 'succeeded') {
      change(row, { payment_status: 'paid' });
      emit(context, 'checkout.session.async_payment_succeeded', row.value);
    } else if (status === 'requires_payment_method') {
      emit(context, 'checkout.session.async_payment_failed', row.value);
    }
  }
}

function complete(context: Context, row: SessionRow, paid: boolean): void {
  row.unschedule();
  const isPayment = row.value.mode === 'payment';
  change(row, { status: 'complete', url: null, ...(isPayment && paid ? { payment_status: 'paid' } : {}) });
  emit(context, 'checkout.session.completed', row.value);
}

function sessionsSetup(context: Context, asked: SessionAsked, types: string[]): SetupIntentRow {
  const fields = {
    allowed_payment_method_types: asked.allowed,
    automatic_payment_methods: null,
    customer: asked.customer,
    description: asked.seed.description,
    metadata: asked.seed.metadata,
    payment_method: null,
    payment_method_options: setupOptions(types, asked.options.request_three_d_secure, null),
    payment_method_types: types,
    usage: 'off_session' as const,
  };
  const row = insert(context.account.setupIntents, newSetup(context, fields, asked.currency));
  emit(context, 'setup_intent.created', row.value);
  return row;
}

function sessionsPayment(context: Context, session: SessionRow): PaymentIntentRow {
  const { intent: seed, value } = session;
  const made = newPayment(context, {
    allowed_payment_method_types: value.allowed_payment_method_types as AllowedType[] | null,
    amount: value.amount_total ?? 0,
    automatic_payment_methods: null,
    capture_method: seed.capture_method,
    confirmation_method: 'automatic',
    currency: value.currency ?? 'eur',
    customer: value.customer,
    description: seed.description,
    metadata: seed.metadata,
    payment_method: null,
    payment_method_options: paymentOptions(value.payment_method_types, null, session.options),
    payment_method_types: value.payment_method_types,
    receipt_email: null,
    setup_future_usage: seed.setup_future_usage,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
  });
  const row = insert(context.account.paymentIntents, { ...made, session });
  change(session, { payment_intent: row.value.id });
  emit(context, 'payment_intent.created', row.value);
  return row;
}

function newCustomer(context: Context, email: string | null, name: string | null): string {
  const { account, world } = context;
  const value = buildCustomer(account.random.id('cus_', 14), world.clock.seconds(), {
    address: null,
    balance: 0,
    description: null,
    email,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    metadata: {},
    name,
    phone: null,
    preferred_locales: [],
    shipping: null,
  });
  insert(account.customers, { value, deleted: false });
  emit(context, 'customer.created', value);
  return value.id;
}

function customerDetails(email: string | null, name: string | null) {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none' as const,
    tax_ids: [],
  };
}

function isOpen(status: string): boolean {
  return ['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(status);
}
