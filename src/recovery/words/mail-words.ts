import type { RecoveryMail } from '../../billing/recovery-ports.ts';
import { formatAmount } from '../../domain/money.ts';
import { factsOf, type Merchant } from './facts.ts';
import type { Headline, MailTexts, Texts } from './texts.ts';

/** What a mail says: of its one bill, or of several in a list. */
export function wordsOf(
  texts: Texts,
  merchant: Merchant,
  mail: Omit<RecoveryMail, 'message_id' | 'to' | 'locale' | 'link'>,
): { readonly words: MailTexts; readonly headline: Headline } {
  const facts = factsOf(texts, merchant, mail);
  if (mail.others.length === 0) return { words: texts.mail(mail.step, facts), headline: facts };
  const raw = [{ ...mail, is_last_call: mail.step === 'last_call' }, ...mail.others];
  const bills = raw.map((bill) => ({
    ...factsOf(texts, merchant, bill),
    is_last_call: bill.is_last_call,
  }));
  const total = totalOf(texts, mail);
  const names = { merchant: merchant.name, support_email: merchant.support_email };
  const { headline, ...words } = texts.mailOfSeveral({ ...names, bills, more: mail.more, total });
  return { words, headline };
}

/** A sum is said of all bills, and within one currency only. */
function totalOf(texts: Texts, mail: Pick<RecoveryMail, 'amount_minor' | 'currency' | 'others' | 'more'>) {
  const { amount_minor, currency, others, more } = mail;
  if (more > 0 || others.some((other) => other.currency !== currency)) return null;
  const sum = others.reduce((so_far, other) => so_far + other.amount_minor, amount_minor);
  return formatAmount(sum, currency, texts.locale);
}
