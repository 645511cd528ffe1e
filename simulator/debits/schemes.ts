import { bacs } from './bacs.ts';
import { becs } from './becs.ts';
import type { BankAccount, DebitScheme } from './scheme.ts';
import { sepa } from './sepa.ts';

/** Every scheme that the simulator knows: one line here, and its file. */
const SCHEMES = [sepa, becs, bacs] as const satisfies readonly DebitScheme[];

export type DebitType = (typeof SCHEMES)[number]['type'];
const schemes: readonly (DebitScheme & { type: DebitType })[] = SCHEMES;
export const DEBIT_TYPES: readonly DebitType[] = SCHEMES.map(({ type }) => type);

/** An account with the scheme that debits it. */
export type SchemeAccount = BankAccount & { type: DebitType };

/** Every test account, from https://docs.stripe.com/testing. */
export const bankAccounts: readonly SchemeAccount[] = schemes.flatMap(({ type, accounts }) =>
  accounts.map((row) => ({ ...row, type })),
);

export function isDebit(type: string): type is DebitType {
  return schemes.some((scheme) => scheme.type === type);
}

export function schemeOf(type: DebitType): DebitScheme & { type: DebitType } {
  const found = schemes.find((scheme) => scheme.type === type);
  if (found === undefined) throw new Error(`no scheme of ${type}`);
  return found;
}

/** The only currency of a type; null of what is no debit. */
export function currencyOf(type: string): string | null {
  return isDebit(type) ? schemeOf(type).currency : null;
}

/** The account of `pm_sepaDebit_success_fr`, the older `pm_success_fr`, or `pm_auBecsDebit_success`. */
export function bankAccountOfToken(token: string): SchemeAccount | undefined {
  const older = /^pm_([A-Za-z]+_[a-z]{2})$/.exec(token)?.[1];
  for (const { type, tokens } of schemes) {
    const prefix = `pm_${tokens.name}_`;
    const rest = token.startsWith(prefix) ? token.slice(prefix.length) : tokens.countries ? older : undefined;
    const [, name, country] = /^([A-Za-z]+)(?:_([a-z]{2}))?$/.exec(rest ?? '') ?? [];
    if (name === undefined || (country !== undefined) !== tokens.countries) continue;
    const found = bankAccounts.find(
      (row) =>
        row.type === type && row.token === name && row.account.startsWith((country ?? '').toUpperCase()),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A test account by its number; no other account is taken, so that none is silently good. */
export function bankAccountOf(type: DebitType, account: string): SchemeAccount | undefined {
  const plain = account.replaceAll(/\s/g, '').toUpperCase();
  return bankAccounts.find((row) => row.type === type && row.account === plain);
}
