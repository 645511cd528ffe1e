/** Holds each sentence of a page or a mail that speaks of money against what Stripe's ledger and our rows say. */
import type { Page } from '../recovery-world.ts';
import type { Shown, Street } from './street.ts';

export type Truth = {
  /** Of the charge's PaymentIntent; null if there is none. */
  readonly status: string | null;
  readonly successes: number;
  readonly confirms: number;
  readonly received: string;
  /** An attempt whose outcome Stripe has not told us yet, or a challenge that may still be passed. */
  readonly is_open: boolean;
  /** Confirms and attempts since the press that led here; null if none did. */
  readonly since_press: number | null;
  /** The bank has answered an attempt in the customer's absence. */
  readonly was_tried: boolean;
  /** The card is tried again by itself. */
  readonly is_tried_again: boolean;
  /** The page goes on by itself or by a button. */
  readonly goes_on: boolean;
};

/** Reads the truth now. */
export async function truthOf(street: Street, { charge, before, page }: Shown): Promise<Truth> {
  const intents = charge === null ? [] : await street.ledger(charge);
  const context = charge === null ? null : await street.read(charge);
  const attempts = context?.attempts ?? [];
  const sum = (of: 'successes' | 'confirms' | 'amount_received') =>
    intents.reduce((total, intent) => total + intent[of], 0);
  const goes_on = page.headers.has('refresh') || /<button|class="button/.test(page.html);
  return {
    status: intents[0]?.status ?? null,
    successes: sum('successes'),
    confirms: sum('confirms'),
    received: `€${(sum('amount_received') / 100).toFixed(2)}`,
    is_open: attempts.some(({ state }) => ['open', 'awaiting_customer', 'processing'].includes(state)),
    since_press:
      before === undefined ? null : sum('confirms') - before.confirms + (attempts.length - before.attempts),
    was_tried: attempts.some(
      ({ kind, state }) => kind === 'off_session' && /^(declined|authentication_required)$/.test(state),
    ),
    is_tried_again: context?.charge.state === 'action_required' && context.charge.due_at !== null,
    goes_on,
  };
}

type Rule = { readonly says: RegExp; readonly holds: (truth: Truth, sentence: string) => boolean };

const NOTHING_TAKEN = new Set([null, 'requires_payment_method', 'requires_confirmation', 'canceled']);
const always = () => true;

/** What a sentence claims. One that speaks of money and claims nothing of these is not known, and not allowed. */
const RULES: readonly Rule[] = [
  {
    says: /^You were not charged|^This payment was cancelled/,
    holds: (truth) => truth.successes === 0 && NOTHING_TAKEN.has(truth.status) && !truth.is_open,
  },
  {
    says: /^Thank you, this is paid/,
    holds: (truth) => truth.status === 'succeeded' && truth.successes === 1,
  },
  {
    says: / has received /,
    holds: (truth, sentence) => truth.successes === 1 && sentence.includes(truth.received),
  },
  { says: /^Nothing was sent to your bank by pressing/, holds: (truth) => truth.since_press === 0 },
  { says: /tried to charge|card could not be charged/, holds: (truth) => truth.was_tried },
  { says: /did not go through/, holds: (truth) => truth.successes === 0 && !truth.is_open },
  { says: /^Nothing has been charged to it/, holds: (truth) => truth.successes === 0 && !truth.is_open },
  { says: /^Nothing has been collected from it/, holds: (truth) => truth.successes === 0 && !truth.is_open },
  {
    says: /tried to collect|debit did not go through|returned the debit|is not, or no longer|cannot be debited/,
    holds: (truth) => truth.successes === 0 && truth.was_tried,
  },
  {
    says: / collects .* by direct debit|money leaves your account|no longer be cancelled|has been asked for this/,
    holds: (truth) => truth.status === 'processing' && truth.is_open,
  },
  { says: /will (?:be )?collect(?:ed)?\b|enough money/, holds: (truth) => truth.confirms === 0 },
  { says: /have not heard|do not know yet|^We are checking/, holds: (truth) => truth.goes_on },
  {
    says: /is still open$|about to be cancelled$|^Last call for|needs another (?:card|account or a card)$/,
    holds: (truth) => truth.successes === 0 && NOTHING_TAKEN.has(truth.status),
  },
  { says: /once\.$/, holds: (truth) => truth.successes <= 1 },
  // A promise of what is to come, a condition, or what to do: nothing that could be untrue now.
  {
    says: /^If |learns that it was not paid|^Please |^To see |asks you to pay|can charge for (?:it|this)|wants to be sure/,
    holds: always,
  },
  {
    says: /^You can pay before that|tries your saved card again/,
    holds: (truth) => truth.successes === 0 && truth.is_tried_again,
  },
  { says: /amount is still open/, holds: (truth) => truth.successes === 0 && !truth.is_open },
  { says: /^To pay it, ask for a fresh link/, holds: (truth) => truth.goes_on },
  { says: /^This request has ended, and you owe nothing/, holds: (truth) => truth.status === 'canceled' },
  {
    says: /^You (?:agree|enter)|^By continuing|^Card numbers|^This payment needs|^The time for this/,
    holds: always,
  },
  { says: /^Your (?:bank may|payment’s page|bank asks)|may charge this card|never asks for/, holds: always },
  { says: /cannot be paid here|^Write to|talk to|about this payment|on file already/, holds: always },
  { says: /was (?:saved|entered|added)\b|was entered to pay/, holds: always },
  { says: /provider’s page could not be opened yet/, holds: (truth) => truth.since_press === 0 },
];

const MONEY = /charg|\bpaid\b|\bpay|received|went through|go through|sent to your bank|money|cancelled/i;

/** The sentences of a page's main part: headings, paragraphs and the words of forms. */
export function sentencesOf({ html }: Pick<Page, 'html'>): string[] {
  const main = /<main>([\s\S]*)<\/main>/.exec(html)?.[1] ?? html;
  const without_buttons = main.replace(/<a class="button[\s\S]*?<\/a>/g, '');
  const found = without_buttons.matchAll(/<(h[1-3]|p)\b[^>]*>([\s\S]*?)<\/\1>/g);
  const blocks = [...found].map(([, , text = '']) => plain(text));
  return blocks.flatMap((text) => text.split(/(?<=[.?!]) (?=[A-Z])/)).filter((text) => text !== '');
}

/** The words of the one element. */
export function wordsOf({ html }: Pick<Page, 'html'>, element: RegExp): string {
  return plain(element.exec(html)?.[1] ?? '');
}

function plain(html: string): string {
  return html
    .replace(/<[^>]+>/g, '')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Each sentence that is not true, or of which we do not know what would make it true. */
export function untruths(sentences: readonly string[], truth: Truth): string[] {
  return sentences.flatMap((sentence) => {
    const claims = RULES.filter(({ says }) => says.test(sentence));
    if (claims.length === 0) return MONEY.test(sentence) ? [`unknown: ${sentence}`] : [];
    return claims.every(({ holds }) => holds(truth, sentence)) ? [] : [`untrue: ${sentence}`];
  });
}
