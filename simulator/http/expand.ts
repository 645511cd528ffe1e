import type { Account } from '../world/world.ts';
import { invalid } from './errors.ts';
import { type Params, texts } from './params.ts';

/** Kinds of object that an answer may hold. */
export type Kind =
  | 'customer'
  | 'payment_method'
  | 'setup_intent'
  | 'setup_attempt'
  | 'payment_intent'
  | 'charge'
  | 'checkout.session'
  | 'mandate'
  | 'refund'
  | 'dispute'
  | 'radar.early_fraud_warning'
  | 'event'
  | 'balance_transaction'
  | 'webhook_endpoint'
  | 'item';

type Value = Record<string, unknown>;

const MAX_LEVELS = 4;

/** What may be expanded, and to which kind. `any`: the kind of the object found. */
const EXPANDABLE: Partial<Record<Kind, Record<string, Kind | 'any' | 'refunds' | 'line_items'>>> = {
  customer: {},
  payment_method: { customer: 'customer' },
  setup_intent: {
    customer: 'customer',
    payment_method: 'payment_method',
    latest_attempt: 'setup_attempt',
    mandate: 'mandate',
    single_use_mandate: 'mandate',
  },
  setup_attempt: { customer: 'customer', payment_method: 'payment_method', setup_intent: 'setup_intent' },
  payment_intent: { customer: 'customer', payment_method: 'payment_method', latest_charge: 'charge' },
  charge: {
    customer: 'customer',
    payment_intent: 'payment_intent',
    balance_transaction: 'balance_transaction',
    refunds: 'refunds',
  },
  'checkout.session': {
    customer: 'customer',
    payment_intent: 'payment_intent',
    setup_intent: 'setup_intent',
    line_items: 'line_items',
  },
  mandate: { payment_method: 'payment_method' },
  refund: {
    charge: 'charge',
    payment_intent: 'payment_intent',
    payment_method: 'payment_method',
    balance_transaction: 'balance_transaction',
    customer: 'customer',
  },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
  'radar.early_fraud_warning': { charge: 'charge', payment_intent: 'payment_intent' },
  balance_transaction: { source: 'any' },
};

/** Reads `expand`, refusing paths that lead nowhere. */
export function readExpand(params: Params, kind: Kind, list: boolean): string[][] {
  if (params.tree.expand === undefined) return [];
  const paths = (texts(params, 'expand') ?? []).map((path) => path.split('.'));
  return paths.map((path) => {
    const inside = list && path[0] === 'data' ? path.slice(1) : path;
    if (list && path[0] !== 'data') throw unexpandable(path);
    if (inside.length === 0 || inside.length > MAX_LEVELS || !leadsSomewhere(kind, inside))
      throw unexpandable(path);
    return path;
  });
}

/** The kinds of object that `paths` put into an answer of this kind. */
export function* kindsShown(kind: Kind, paths: readonly string[][]): Generator<Kind | 'any'> {
  for (const path of paths) {
    let at: Kind | 'any' = kind;
    for (const key of path) {
      if (at === 'any') break;
      const next = nextKind(at, key);
      if (next === null) continue;
      at = next;
      yield at;
    }
  }
}

/** Null for a step that leads to no other object, such as the `data` of a list. */
function nextKind(kind: Kind, key: string): Kind | 'any' | null {
  if (kind === 'customer' && key === 'default_payment_method') return 'payment_method';
  const next = EXPANDABLE[kind]?.[key];
  if (next === 'refunds') return 'refund';
  return next === 'line_items' ? 'item' : (next ?? null);
}

/** The answer with the ids at `paths` replaced by their objects. Stored objects stay untouched. */
export function expanded(account: Account, body: unknown, paths: readonly string[][]): unknown {
  return paths.reduce((value, path) => expandAt(account, value, path), body);
}

/** `invoice_settings.default_payment_method` is the one expandable field below the top level. */
const DEFAULT_METHOD = 'invoice_settings.default_payment_method';

function leadsSomewhere(kind: Kind | 'any', path: readonly string[]): boolean {
  if (path.length === 0 || kind === 'any') return true;
  if (kind === 'customer' && path.slice(0, 2).join('.') === DEFAULT_METHOD) {
    return leadsSomewhere('payment_method', path.slice(2));
  }
  const next = EXPANDABLE[kind]?.[path[0] as string];
  if (next === undefined) return false;
  if (next === 'refunds' || next === 'line_items') {
    return (
      path.length === 1 ||
      (next === 'refunds' && path[1] === 'data' && leadsSomewhere('refund', path.slice(2)))
    );
  }
  return leadsSomewhere(next, path.slice(1));
}

function expandAt(account: Account, value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => expandAt(account, member, path));
  const found = resolve(account, value as Value, key);
  return { ...value, [key]: expandAt(account, found, rest) };
}

function resolve(account: Account, holder: Value, key: string): unknown {
  const value = holder[key];
  if (holder.object === 'charge' && key === 'refunds') return refundsOf(account, holder.id as string);
  if (holder.object === 'checkout.session' && key === 'line_items')
    return linesOf(account, holder.id as string);
  return typeof value === 'string' ? (objectOf(account, value) ?? value) : value;
}

/** Any object of the account, recognised by its id. */
function objectOf(account: Account, id: string): unknown {
  const tables = [
    account.customers,
    account.paymentMethods,
    account.charges,
    account.paymentIntents,
    account.setupIntents,
    account.balanceTransactions,
    account.mandates,
    account.setupAttempts,
    account.refunds,
    account.disputes,
    account.sessions,
  ];
  for (const table of tables) {
    const row = table.byId.get(id);
    if (row !== undefined) return row.value;
  }
  return undefined;
}

function refundsOf(account: Account, chargeId: string): unknown {
  const rows = account.charges.byId.get(chargeId)?.refunds ?? [];
  const data = rows.map((row) => row.value).reverse();
  return { object: 'list', url: `/v1/charges/${chargeId}/refunds`, has_more: false, data };
}

function linesOf(account: Account, sessionId: string): unknown {
  const data = account.sessions.byId.get(sessionId)?.lines ?? [];
  return { object: 'list', url: `/v1/checkout/sessions/${sessionId}/line_items`, has_more: false, data };
}

function unexpandable(path: readonly string[]): Error {
  return invalid(`This property cannot be expanded (${path.join('.')}).`, 'expand');
}
