import { invalid } from './errors.ts';
import { integer, nameIn, object, oneOf, type Params, requiredText, text } from './params.ts';

const MAX_KEYS = 50;
const MAX_KEY_LENGTH = 40;
const MAX_VALUE_LENGTH = 500;

/** Metadata as sent: null clears all of it, an empty value deletes one key. */
export type MetadataChange = Record<string, string> | null | undefined;

export function metadata(params: Params): MetadataChange {
  const inner = object(params, 'metadata');
  if (inner === undefined || inner === null) return inner;
  const sent: Record<string, string> = {};
  for (const key of Object.keys(inner.tree)) {
    const value = text(inner, key) ?? '';
    const name = nameIn(inner, key);
    if (key.length > MAX_KEY_LENGTH)
      throw invalid(`Metadata keys can have up to ${MAX_KEY_LENGTH} characters.`, name);
    if (value.length > MAX_VALUE_LENGTH) {
      throw invalid(`Metadata values can have up to ${MAX_VALUE_LENGTH} characters.`, name);
    }
    sent[key] = value;
  }
  if (Object.keys(sent).length > MAX_KEYS)
    throw invalid(`Metadata can have up to ${MAX_KEYS} keys.`, 'metadata');
  return sent;
}

/** The result of merging in a change. */
export function mergedMetadata(
  before: Record<string, string> | null,
  sent: MetadataChange,
): Record<string, string> {
  if (sent === undefined) return before ?? {};
  if (sent === null) return {};
  const merged = { ...before, ...sent };
  for (const key of Object.keys(merged)) if (merged[key] === '') delete merged[key];
  if (Object.keys(merged).length > MAX_KEYS)
    throw invalid(`Metadata can have up to ${MAX_KEYS} keys.`, 'metadata');
  return merged;
}

export interface AddressShape {
  city: string | null;
  country: string | null;
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  state: string | null;
}

export function address(params: Params, key = 'address'): AddressShape | null | undefined {
  const inner = object(params, key);
  if (inner === undefined || inner === null) return inner;
  return {
    city: text(inner, 'city') ?? null,
    country: text(inner, 'country') ?? null,
    line1: text(inner, 'line1') ?? null,
    line2: text(inner, 'line2') ?? null,
    postal_code: text(inner, 'postal_code') ?? null,
    state: text(inner, 'state') ?? null,
  };
}

export interface ShippingShape {
  address?: AddressShape;
  carrier: string | null;
  name: string;
  phone: string | null;
  tracking_number: string | null;
}

export function shipping(params: Params): ShippingShape | null | undefined {
  const inner = object(params, 'shipping');
  if (inner === undefined || inner === null) return inner;
  const to = address(inner);
  return {
    ...(to ? { address: to } : {}),
    carrier: text(inner, 'carrier') ?? null,
    name: text(inner, 'name') ?? '',
    phone: text(inner, 'phone') ?? null,
    tracking_number: text(inner, 'tracking_number') ?? null,
  };
}

export interface BillingDetails {
  address: AddressShape | null;
  email: string | null;
  name: string | null;
  phone: string | null;
  tax_id: string | null;
}

export function billingDetails(params: Params): Partial<BillingDetails> | undefined {
  const inner = object(params, 'billing_details');
  if (inner === undefined || inner === null) return undefined;
  const sent: Partial<BillingDetails> = {};
  const where = address(inner);
  if (where !== undefined) sent.address = where;
  for (const key of ['email', 'name', 'phone', 'tax_id'] as const) {
    const value = text(inner, key);
    if (value !== undefined) sent[key] = value;
  }
  return sent;
}

/** A customer's acceptance of a mandate. */
export interface Acceptance {
  type: 'online' | 'offline';
  accepted_at: number | null;
  online: { ip_address: string; user_agent: string } | null;
}

export function mandateData(params: Params): Acceptance | undefined {
  const inner = object(params, 'mandate_data');
  if (inner === undefined || inner === null) return undefined;
  const acceptance = object(inner, 'customer_acceptance');
  if (acceptance === undefined || acceptance === null) {
    const name = nameIn(inner, 'customer_acceptance');
    throw invalid(`Missing required param: ${name}.`, name, 'parameter_missing');
  }
  const type = oneOf(acceptance, 'type', ['online', 'offline']) ?? 'online';
  object(acceptance, 'offline');
  const online = object(acceptance, 'online');
  return {
    type,
    accepted_at: integer(acceptance, 'accepted_at') ?? null,
    online: online
      ? { ip_address: requiredText(online, 'ip_address'), user_agent: requiredText(online, 'user_agent') }
      : null,
  };
}
