/**
 * Sends a recovery's mails by SMTP. Addresses and headers go through nodemailer's structured API, control characters
 * never get that far, and no mail reads a file or fetches an address. Local parts with dots that RFC 5321 does not know
 * go out quoted, which is the same mailbox to every server.
 *
 * The Message-ID derives from the message's row: when a worker dies after the server has accepted the mail and before
 * we noted it, the second copy carries the same id, and many mail programs show it once.
 */
import type {
  LinkRow,
  MailAnswer,
  MandateMail,
  NoticeMail,
  OperatorMail,
  ReceiptMail,
  RecoveryMail,
  RecoveryPorts,
} from '../../billing/recovery-ports.ts';
import type { SmtpServer } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { type LinkKeys, mintToken } from '../link/link.ts';
import { type Merchant, oneLine } from '../words/facts.ts';
import { wordsOf } from '../words/mail-words.ts';
import { type Headline, type MailTexts, type Texts, textsFor } from '../words/texts.ts';
import { renderMailHtml } from './mail-html.tsx';
import { renderMailText } from './mail-text.ts';
import { openTransport } from './mail-transport.ts';
import { operatorWords } from './operator-words.ts';

export type MailerSettings = {
  readonly smtp: SmtpServer;
  /** `Name <address>` or an address. */
  readonly from: string;
  readonly merchant: Merchant;
  readonly link_keys: LinkKeys;
  readonly public_url: string;
  /** Who is told what needs a person; null: nobody. */
  readonly operator_email?: string | null;
  /** Covers the whole delivery of one mail; default 10 s, shorter than a lease. */
  readonly deadline_ms?: number;
};

const DEADLINE_MS = 10_000;
const MALFORMED = Promise.resolve<MailAnswer>({ kind: 'bounced', code: 'address_malformed' });
const UNWANTED = Promise.resolve<MailAnswer>({ kind: 'refused', code: 'no_operator' });
const ADDRESS = /^[^\s<>@,;:"()[\]\\]{1,64}@[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9])$/i;

/** Links and mails for billing. `close` ends deliveries on the wire. */
export function createRecoveryPorts(settings: MailerSettings): RecoveryPorts & { close(): void } {
  const transport = openTransport(settings.smtp, settings.deadline_ms ?? DEADLINE_MS);
  const key_ids = settings.link_keys.map((key) => key.kid);
  const hand = (mail: ReturnType<typeof operatorEnvelope>, signal: AbortSignal): Promise<MailAnswer> =>
    withDeadline(transport.sendMail(mail), settings.deadline_ms ?? DEADLINE_MS, signal).then(
      () => ({ kind: 'sent', code: 'accepted' }) as const,
      answerOf,
    );
  return {
    link_key_ids: key_ids as unknown as RecoveryPorts['link_key_ids'],
    public_url: settings.public_url,
    linkAddress: (row: LinkRow) => `${settings.public_url}/r/${mintToken(settings.link_keys, 'link', row)}`,
    setupLinkAddress: (row) => `${settings.public_url}/s/${mintToken(settings.link_keys, 'link', row)}`,
    sendMail: (mail, signal) => (ADDRESS.test(mail.to) ? hand(envelope(settings, mail), signal) : MALFORMED),
    sendNotice: (notice, signal) =>
      ADDRESS.test(notice.to) ? hand(noticeEnvelope(settings, notice), signal) : MALFORMED,
    sendReceipt: (receipt, signal) =>
      ADDRESS.test(receipt.to) ? hand(receiptEnvelope(settings, receipt), signal) : MALFORMED,
    sendMandate: async (mail, signal) => {
      const { mailed, version } = mandateEnvelope(settings, mail);
      return { ...(await (ADDRESS.test(mail.to) ? hand(mailed, signal) : MALFORMED)), version };
    },
    tellOperator: (mail, signal) => {
      const to = settings.operator_email ?? null;
      return to === null ? UNWANTED : hand(operatorEnvelope(settings, mail, to), signal);
    },
    close: () => transport.close(),
  };
}

function envelope(settings: MailerSettings, mail: RecoveryMail) {
  const texts = textsFor(mail.locale);
  return composed(settings, texts, mail, wordsOf(texts, settings.merchant, mail));
}

function noticeEnvelope(settings: MailerSettings, notice: NoticeMail) {
  const texts = textsFor(notice.locale);
  const said = texts.notice(settings.merchant, {
    ...notice,
    collects_on: notice.debit_on,
    creditor: null,
    creditor_id: null,
  });
  return composed(settings, texts, { ...notice, link: null }, said);
}

function receiptEnvelope(settings: MailerSettings, receipt: ReceiptMail) {
  const texts = textsFor(receipt.locale);
  return composed(settings, texts, { ...receipt, link: null }, texts.receipt(settings.merchant, receipt));
}

function mandateEnvelope(settings: MailerSettings, mail: MandateMail) {
  const texts = textsFor(mail.locale);
  const { version, ...said } = texts.setup.mandateMail(settings.merchant, mail);
  return { mailed: composed(settings, texts, { ...mail, link: null }, said), version };
}

function composed(
  settings: MailerSettings,
  texts: Texts,
  mail: Pick<RecoveryMail, 'message_id' | 'to' | 'link'>,
  { words, headline }: { readonly words: MailTexts; readonly headline: Headline },
) {
  const from = mailbox(settings.from);
  return {
    from,
    to: { name: '', address: mail.to },
    envelope: { from: from.address, to: [mail.to] },
    replyTo: { name: oneLine(settings.merchant.name), address: settings.merchant.support_email },
    subject: oneLine(words.subject),
    messageId: `<${mail.message_id}@${from.address.split('@')[1]}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    text: renderMailText(words, mail.link, settings.merchant.name),
    html: renderMailHtml({
      texts: words,
      headline,
      link: mail.link,
      lang: texts.lang,
      brand: settings.merchant,
    }),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function operatorEnvelope(settings: MailerSettings, mail: OperatorMail, to: string) {
  const from = mailbox(settings.from);
  const { subject, text } = operatorWords(mail);
  return {
    from,
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
    subject: oneLine(subject),
    messageId: `<${mail.endpoint_id}.${mail.version}@${from.address.split('@')[1]}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    text,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function mailbox(text: string): { name: string; address: string } {
  const [, name, address] = /^(.*?)\s*<([^<>]+)>$/.exec(text) ?? [];
  return name === undefined || address === undefined
    ? { name: '', address: text }
    : { name: oneLine(name), address };
}

/** Rejects at the deadline or with the lease; the connection's own timeouts end whatever is still open then. */
function withDeadline<T>(work: Promise<T>, deadline_ms: number, signal: AbortSignal): Promise<T> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(deadline_ms)]);
  return new Promise((resolve, reject) => {
    const late = () => reject(new AppError('mail_deadline'));
    if (over.aborted) late();
    over.addEventListener('abort', late, { once: true });
    work.then(resolve, reject).finally(() => over.removeEventListener('abort', late));
  });
}

/** What a failed delivery means. Only the server's own 5xx to address or content is final. */
function answerOf(error: unknown): MailAnswer {
  const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
  const is_final = responseCode !== undefined && responseCode >= 500 && responseCode < 600;
  const label = responseCode === undefined ? (code ?? 'unknown') : `smtp_${responseCode}`;
  if (is_final && command === 'RCPT TO') return { kind: 'bounced', code: label };
  if (is_final && code === 'EMESSAGE') return { kind: 'refused', code: label };
  return { kind: 'unavailable', code: label };
}
