/** What a recovery's mail says of one bill. */
import type { Say } from './say.ts';
import type { Facts, MailTexts } from './texts.ts';

type SayMails = Say<'mails'>;

/** A mail about one bill lists none. */
const NO_LIST = { bills: [], more: null } as const;

/** What a mail of this step says. */
export function mailTexts(say: SayMails, step: string, facts: Facts): MailTexts {
  if (step.startsWith('method_replaced')) return replacedMail(say, facts);
  const values = valuesOf(facts);
  const last = step === 'last_call';
  const reminder = step.startsWith('reminder');
  if (facts.retry_at !== null && !last && !reminder) return earlyMail(say, facts, facts.retry_at);
  const is_asked_to_confirm = facts.kind === 'authenticate';
  const subject = is_asked_to_confirm ? 'subject_authenticate' : 'subject_replace';
  const heading = is_asked_to_confirm ? 'heading_authenticate' : 'heading_replace';
  return {
    subject: say(last ? 'subject_last' : reminder ? 'subject_reminder' : subject, values),
    heading: say(last ? 'heading_last' : heading, values),
    paragraphs: [
      say('opening', values),
      say(is_asked_to_confirm ? 'why_authenticate' : 'why_replace', values),
    ],
    ...NO_LIST,
    button: say(is_asked_to_confirm ? 'button_authenticate' : 'button_pay', values),
    details: [
      ...methodDetails(say, facts),
      ...documentDetails(say, facts),
      ...(facts.retry_at === null ? [{ label: say('label_until'), value: facts.until }] : []),
    ],
    otherwise: say('otherwise', values),
    contact: say('contact', values),
  };
}

/** A decline that is tried again by itself: nothing is asked of the customer. */
function earlyMail(say: SayMails, facts: Facts, retry_at: string): MailTexts {
  const values = valuesOf(facts);
  return {
    subject: say('subject_early', values),
    heading: say('heading_early'),
    paragraphs: [say('opening', values), say('early', values)],
    ...NO_LIST,
    button: say('button_early', values),
    details: [
      ...methodDetails(say, facts),
      ...documentDetails(say, facts),
      { label: say('label_next_try'), value: retry_at },
    ],
    otherwise: say('otherwise', values),
    contact: say('contact', values),
  };
}

function replacedMail(say: SayMails, facts: Facts): MailTexts {
  const { new_by, new_method } = facts;
  const entered =
    new_by === 'bank'
      ? new_method === null
        ? 'some_account'
        : 'account'
      : new_method === null
        ? 'some_card'
        : 'card';
  const values = { ...facts, entered };
  const label = say(new_by === 'bank' ? 'label_new_account' : 'label_new_card');
  return {
    subject: say('subject_replaced', values),
    heading: say('heading_replaced', values),
    paragraphs: [say('replaced', values), say('replaced_safety')],
    ...NO_LIST,
    button: null,
    details: new_method === null ? [] : [{ label, value: new_method }],
    otherwise: null,
    contact: say('contact', { ...values, by: new_by }),
  };
}

/** The facts, and which branch of a sentence they lead to. */
export function valuesOf(facts: Facts) {
  const { by, card, account, was_tried, debit_failure, retry_at, on_expiry } = facts;
  const method = by === 'bank' ? account : card;
  const known = by === 'bank' ? 'account' : 'card';
  const unknown = by === 'bank' ? 'saved_account' : 'saved_card';
  const why_of_bank = was_tried ? (debit_failure ?? 'failed') : 'no_account';
  const why_of_card = was_tried ? 'declined' : 'no_card';
  return {
    ...facts,
    method: method ?? '',
    tried: was_tried ? (method === null ? unknown : known) : 'never',
    why: by === 'bank' ? why_of_bank : why_of_card,
    ending: retry_at === null ? on_expiry : by === 'bank' ? 'collect' : 'retry',
  };
}

/** What pays, at a glance. */
export function methodDetails(
  say: SayMails,
  { by, card, account }: Pick<Facts, 'by' | 'card' | 'account'>,
): MailTexts['details'] {
  if (by === 'bank') return account === null ? [] : [{ label: say('label_account'), value: account }];
  return card === null ? [] : [{ label: say('label_card'), value: card }];
}

/** The merchant's own document, at a glance. */
export function documentDetails(
  say: SayMails,
  { document: { number, date, url } }: Pick<Facts, 'document'>,
): MailTexts['details'] {
  return [
    { label: say('label_document'), value: number },
    { label: say('label_dated'), value: date },
    { label: say('label_to_read'), value: url },
  ].flatMap(({ label, value }) => (value === null ? [] : [{ label, value }]));
}
