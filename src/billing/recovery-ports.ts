/**
 * What billing needs of the recovery folder without knowing it: addresses of links, and mails. `src/recovery`
 * implements them, and the composition root passes them in.
 */

import type { BillDocument, OnExpiry } from '../domain/charge/charge-terms.ts';
import { needsMandate } from '../domain/charge/method-fit.ts';
import type { SchemeType } from '../domain/debit/schemes.ts';

/** What the link of a recovery or a setup is derived from; for a recovery, these are its columns. */
export type LinkRow = {
  readonly id: string;
  readonly link_version: number;
  readonly link_key_id: string | null;
  readonly link_nonce: string;
};

export type ShownCard = { readonly brand: string; readonly last4: string };

/** A bank account, as far as we know it. */
export type ShownBank = { readonly name: string | null; readonly last4: string | null };

/** The card of a row's two columns; null unless both are known. */
export function cardOf(brand: string | null, last4: string | null): ShownCard | null {
  return brand === null || last4 === null ? null : { brand, last4 };
}

/** The account of a row's type and columns; null of anything but a debit. */
export function bankOf(type: string | null, name: string | null, last4: string | null): ShownBank | null {
  return type === null || !needsMandate(type) ? null : { name, last4 };
}

/** One of the bills that a mail is about. */
export type MailBill = {
  readonly kind: 'authenticate' | 'replace';
  /** The card was tried while its customer was away, and Stripe has said how that ended. */
  readonly was_tried: boolean;
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  readonly card: ShownCard | null;
  /** Of a debit, in place of a card. */
  readonly bank?: ShownBank | null;
  /** The added method, for `method_replaced`. */
  readonly new_card: ShownCard | null;
  readonly new_bank?: ShownBank | null;
  /** Why the debit failed, in the bank's word by Stripe's name for it; null while that is not known. */
  readonly failure_code?: string | null;
  readonly expires_at: Date;
  readonly on_expiry: OnExpiry;
  /** When the next automatic try comes; null for none. */
  readonly retry_at: Date | null;
  readonly document: BillDocument | null;
};

/** Everything that a mail says, before it has words: first of all, of the bill whose link it carries. */
export type RecoveryMail = MailBill & {
  readonly message_id: string;
  /** What it is to that bill. */
  readonly step: string;
  readonly to: string;
  readonly locale: string | null;
  /** The customer's other bills, if the mail is about several. */
  readonly others: readonly (MailBill & { readonly is_last_call: boolean })[];
  /** How many bills there are beyond those. */
  readonly more: number;
  /** Null in mails that ask for nothing. */
  readonly link: string | null;
};

/** What it is among the mails. */
export type NoticeStep = 'notice';

/** The notice of one debit. */
export type NoticeMail = {
  readonly message_id: string;
  readonly step: NoticeStep;
  readonly to: string;
  readonly locale: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  /** `2026-11-30`. */
  readonly debit_on: string;
  readonly mandate_reference: string | null;
  readonly bank: ShownBank;
  /** An earlier notice said another amount or day. */
  readonly is_changed: boolean;
};

/** What a customer is told of a payment that has succeeded. */
export type ReceiptMail = {
  readonly message_id: string;
  readonly to: string;
  readonly locale: string | null;
  /** What was taken. */
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  /** The merchant's own id of the charge. */
  readonly reference: string | null;
  readonly document: BillDocument | null;
  /** `2026-11-30`. */
  readonly paid_on: string;
  /** What paid; both null where we do not know it. */
  readonly card: ShownCard | null;
  readonly bank: ShownBank | null;
};

/** The agreement behind a mandate that a customer has given. */
export type MandateMail = {
  readonly message_id: string;
  readonly to: string;
  readonly locale: string | null;
  readonly scheme: SchemeType;
  readonly bank: ShownBank;
  readonly mandate_reference: string | null;
  /** Stripe's page of the mandate. */
  readonly mandate_url: string | null;
  readonly amount_basis: string | null;
  readonly frequency: 'one_time' | 'recurring' | null;
  /** What our page showed, word by word; null: the scheme's words as they are now. */
  readonly agreed: { readonly text: string; readonly version: string } | null;
};

/**
 * - `sent`: the server accepted it;
 * - `bounced`: the server refused the address for good;
 * - `refused`: the server refused the mail for good;
 * - `unavailable`: the server refused it for now, or we do not know.
 */
export type MailAnswer = {
  readonly kind: 'sent' | 'bounced' | 'refused' | 'unavailable';
  readonly code: string;
};

/** What an operator is told of an endpoint that we disabled. */
export type OperatorMail = {
  readonly endpoint_id: string;
  /** The endpoint's: a second copy of the same mail carries the same Message-ID. */
  readonly version: number;
  readonly host: string;
  readonly reason: string | null;
};

export type RecoveryPorts = {
  /** Key ids that can sign links, newest first. */
  readonly link_key_ids: readonly [string, ...string[]];
  /** The address that every mail of this recovery carries. Throws when the row's key is not known. */
  readonly linkAddress: (row: LinkRow) => string;
  /** The address of our own set-up page for this setup's customer. Throws when the row's key is not known. */
  readonly setupLinkAddress: (row: LinkRow) => string;
  /** Hands one mail to the SMTP server. Never throws because of the server's answer. */
  readonly sendMail: (mail: RecoveryMail, signal: AbortSignal) => Promise<MailAnswer>;
  /** Hands the notice of a debit to the SMTP server. Never throws because of the server's answer. */
  readonly sendNotice: (notice: NoticeMail, signal: AbortSignal) => Promise<MailAnswer>;
  /** Hands the receipt of a payment to the SMTP server. Never throws because of the server's answer. */
  readonly sendReceipt: (receipt: ReceiptMail, signal: AbortSignal) => Promise<MailAnswer>;
  /** Hands the agreement behind a mandate to the SMTP server; answers also which version of it. Never throws because of the server's answer. */
  readonly sendMandate: (
    mail: MandateMail,
    signal: AbortSignal,
  ) => Promise<MailAnswer & { readonly version: string }>;
  /** Hands one mail to the SMTP server, for whoever runs this deployment; `refused` where nobody is to be told. */
  readonly tellOperator: (mail: OperatorMail, signal: AbortSignal) => Promise<MailAnswer>;
  /** Where customers reach this deployment; no slash at the end. */
  readonly public_url: string;
};
