import type { AddressShape } from '../http/shapes.ts';
import type { SchemeAccount } from './schemes.ts';

const COUNTRIES: Readonly<Record<string, string>> = { au_becs_debit: 'AU', bacs_debit: 'GB' };

/** Where the holder of a test account lives: Checkout asks for it where the scheme does, and test tokens come with it. */
export function addressOf({ type, account }: SchemeAccount): AddressShape {
  const country = COUNTRIES[type] ?? account.slice(0, 2);
  return { city: 'Anytown', country, line1: '1 Test Street', line2: null, postal_code: '1000', state: null };
}
