/** Mails in English. */
import type { Facts, MailTexts } from './texts.ts';

/** A mail about one bill lists none. */
const NO_LIST = { bills: [], more: null } as const;

/** What a mail of this step says. */
export function mail(step: string, facts: Facts): MailTexts {
  if (step.startsWith('method_replaced')) return replacedMail(facts);
  const { merchant, amount, description } = facts;
  const card = facts.card ?? 'your saved card';
  const last = step === 'last_call';
  const reminder = step.startsWith('reminder');
  const opening = facts.was_tried
    ? `${merchant} tried to charge ${amount} for “${description}” to ${card}.`
    : `${merchant} asks you to pay ${amount} for “${description}”.`;
  const kind =
    facts.kind === 'authenticate'
      ? {
          subject: `Please confirm your payment of ${amount} to ${merchant}`,
          heading: 'Please confirm your payment',
          why: 'Your bank asks you to confirm that this payment is yours. That takes a minute.',
          button: `Confirm ${amount}`,
        }
      : {
          subject: `Your payment of ${amount} to ${merchant} needs another card`,
          heading: 'Your payment needs another card',
          why: facts.was_tried
            ? 'The card could not be charged. Please pay with another card.'
            : `There is no card on file that ${merchant} can charge for it. Please pay with another card.`,
          button: `Pay ${amount}`,
        };
  if (facts.retry_at !== null && !last && !reminder) return earlyMail(facts, facts.retry_at, opening);
  const subjects = {
    first: kind.subject,
    reminder: `Reminder: your payment of ${amount} to ${merchant} is still open`,
    last:
      facts.on_expiry === 'keep_open'
        ? `Last call: the link for your payment of ${amount} to ${merchant} ends soon`
        : `Last call: your payment of ${amount} to ${merchant} is about to be cancelled`,
  };
  return {
    subject: last ? subjects.last : reminder ? subjects.reminder : subjects.first,
    heading: last ? 'Last call for your payment' : kind.heading,
    paragraphs: [opening, kind.why],
    ...NO_LIST,
    button: kind.button,
    details: [
      ...(facts.card === null ? [] : [{ label: 'Card', value: facts.card }]),
      ...documentDetails(facts),
      ...(facts.retry_at === null ? [{ label: 'Open until', value: facts.until }] : []),
    ],
    otherwise: otherwise(facts),
    contact: contactText(facts),
  };
}

/** A decline that is tried again by itself: nothing is asked of the customer. */
function earlyMail(facts: Facts, retry_at: string, opening: string): MailTexts {
  const { merchant, amount } = facts;
  return {
    subject: `Your payment of ${amount} to ${merchant} did not go through yet`,
    heading: 'Your payment did not go through yet',
    paragraphs: [
      opening,
      `It is tried again on ${retry_at}. You can also pay it yourself before that, with this card or another.`,
    ],
    ...NO_LIST,
    button: `Pay ${amount} now`,
    details: [
      ...(facts.card === null ? [] : [{ label: 'Card', value: facts.card }]),
      ...documentDetails(facts),
      { label: 'Next try', value: retry_at },
    ],
    otherwise: otherwise(facts),
    contact: contactText(facts),
  };
}

function documentDetails({ document: { number, date, url } }: Facts) {
  return [
    { label: 'Document', value: number },
    { label: 'Dated', value: date },
    { label: 'To read', value: url },
  ].flatMap(({ label, value }) => (value === null ? [] : [{ label, value }]));
}

/** What happens if the customer does nothing: as the merchant has ruled. */
export function otherwise({ merchant, until, retry_at, on_expiry }: Facts): string {
  if (retry_at !== null) return `If you do nothing, ${merchant} tries the card again on ${retry_at}.`;
  switch (on_expiry) {
    case 'close':
      return (
        `If nothing happens until ${until}, this request ends and you are not charged by it. ${merchant} learns ` +
        'that it was not paid, and may be in touch about the amount.'
      );
    case 'release':
      return `If nothing happens until ${until}, the payment is cancelled: you are not charged, and you owe nothing.`;
    case 'keep_open':
      return `This link works until ${until}. After that the amount is still open, and you can ask for a fresh link.`;
  }
}

function replacedMail(facts: Facts): MailTexts {
  const { merchant, amount, description } = facts;
  const card = facts.new_card ?? 'A card';
  return {
    subject: `A card was added for your payment to ${merchant}`,
    heading: 'A card was added for your payment',
    paragraphs: [
      `${card} was entered to pay ${amount} for “${description}” to ${merchant}.`,
      'If that was you, there is nothing to do. If it was not, tell us at once.',
    ],
    ...NO_LIST,
    button: null,
    details: facts.new_card === null ? [] : [{ label: 'New card', value: facts.new_card }],
    otherwise: null,
    contact: contactText(facts),
  };
}

/** How to reach the merchant otherwise. */
export function contactText(facts: Pick<Facts, 'merchant' | 'support_email'>): string {
  return (
    `You can reach us without a link, too: write to ${facts.support_email}. ` +
    `${facts.merchant} never asks for your card number or a password by mail.`
  );
}
