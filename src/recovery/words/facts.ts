import type { RecoveryMail, ShownBank, ShownCard } from '../../billing/recovery-ports.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Brand } from './brand.ts';
import { debitFailureOf } from './debit-failure.ts';
import type { Facts, Texts } from './texts.ts';

/** Who charges: shown on every page and in every mail. */
export type Merchant = Brand & { readonly name: string; readonly support_email: string };

/** What a mail says, and the payment's page as well. */
type Raw = Pick<
  RecoveryMail,
  | 'kind'
  | 'was_tried'
  | 'amount_minor'
  | 'currency'
  | 'description'
  | 'expires_at'
  | 'on_expiry'
  | 'retry_at'
  | 'document'
  | 'card'
  | 'bank'
  | 'new_card'
  | 'new_bank'
  | 'failure_code'
> & {
  readonly saved_card?: ShownCard | null;
  readonly amount_received_minor?: number | null;
  readonly is_proven_uncharged?: boolean;
  readonly looks_again?: boolean;
  readonly others_open?: number;
  /** The debit is with the bank. */
  readonly is_debit_on_its_way?: boolean;
  /** Days of its calendar, `2026-11-30`: the money leaves, and its result is known. */
  readonly collects_on?: string | null;
  readonly expected_on?: string | null;
};

/** Numbers, dates and cards as the texts' language writes them. */
export function factsOf(texts: Texts, merchant: Merchant, raw: Raw): Facts {
  return {
    merchant: merchant.name,
    support_email: merchant.support_email,
    amount: formatAmount(raw.amount_minor, raw.currency, texts.locale),
    received: formatAmount(raw.amount_received_minor ?? raw.amount_minor, raw.currency, texts.locale),
    description: oneLine(raw.description),
    ...methodFacts(texts, raw),
    saved_card_short: raw.saved_card == null ? null : `•••• ${raw.saved_card.last4}`,
    until: formatMoment(raw.expires_at, texts.locale),
    kind: raw.kind,
    on_expiry: raw.on_expiry,
    retry_at: raw.retry_at === null ? null : formatMoment(raw.retry_at, texts.locale),
    document: documentFacts(raw.document, texts.locale),
    was_tried: raw.was_tried,
    is_proven_uncharged: raw.is_proven_uncharged ?? false,
    looks_again: raw.looks_again ?? false,
    others_open: raw.others_open ?? 0,
    is_debit_on_its_way: raw.is_debit_on_its_way ?? false,
    collects_on: raw.collects_on == null ? null : formatDay(raw.collects_on, texts.locale),
    expected_on: raw.expected_on == null ? null : formatDay(raw.expected_on, texts.locale),
  };
}

/** The merchant's own document, its day written out. */
export function documentFacts(document: RecoveryMail['document'], locale: string): Facts['document'] {
  return {
    number: document?.number ?? null,
    date: document?.date === undefined ? null : formatDay(document.date, locale),
    url: document?.url ?? null,
  };
}

/** The method that was tried, and the one that was entered instead: a card or an account, and never both. */
function methodFacts(texts: Texts, { card, bank = null, new_card, new_bank = null, ...raw }: Raw) {
  const new_account = new_bank === null ? null : accountText(new_bank);
  const new_last4 = new_bank === null ? new_card?.last4 : new_bank.last4;
  return {
    by: bank === null ? 'card' : 'bank',
    card: card === null || bank !== null ? null : texts.card(card.brand, card.last4),
    bank,
    account: bank === null ? null : accountText(bank),
    new_by: new_bank === null ? 'card' : 'bank',
    new_method:
      new_bank === null && new_card !== null ? texts.card(new_card.brand, new_card.last4) : new_account,
    new_short: new_last4 == null ? null : `•••• ${new_last4}`,
    debit_failure: bank === null ? null : debitFailureOf(raw.failure_code ?? null),
  } as const;
}

/** `ING •••• 3000`, `•••• 3000` or `ING`; null if we know neither. */
export function accountText({ name, last4 }: ShownBank): string | null {
  const said = [name === null ? null : oneLine(name), last4 === null ? null : `•••• ${last4}`];
  return said.filter(Boolean).join(' ') || null;
}

/** A moment in UTC, because we do not know where the customer is and the hour matters. */
export function formatMoment(moment: Date, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
  return format.format(moment);
}

/** A day of the merchant's calendar, `2026-11-30`. */
export function formatDay(day: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get into a header or a line.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Puts text from outside on one line: no control character gets into a header, a subject or a mail's layout. */
export function oneLine(text: string): string {
  return text.replace(CONTROL, ' ').trim();
}
