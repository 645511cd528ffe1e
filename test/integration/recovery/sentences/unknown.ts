/** The confirm may have reached Stripe, and nobody knows yet what became of it. */
import type { Shown, Situation, Street } from './street.ts';

type Action = Parameters<Street['confirmsMeet']>[0];

/** A card that pays without its bank, pressed while Stripe's answer meets this. */
function answerMeets(what: string, action: Action): Situation {
  return {
    what: `Pressed; ${what}`,
    show: async (street) => {
      const given = await street.withNewCard();
      await street.confirmsMeet(action);
      return street.press(given, 'pay-replacement');
    },
  };
}

/** The same press, while this process stumbles. */
function stumblesAt(what: string, spec: string): Situation {
  return {
    what: `Pressed; ${what}`,
    show: async (street) => {
      const given = await street.withNewCard();
      street.failAt(spec);
      return street.press(given, 'pay-replacement');
    },
  };
}

async function lost(street: Street, action: Action): Promise<{ again: () => Promise<Shown> }> {
  const given = await street.withNewCard();
  await street.confirmsMeet(action);
  await street.press(given, 'pay-replacement');
  return { again: () => street.again(given) };
}

export const unknown: readonly Situation[] = [
  answerMeets('Stripe answers 500, and has taken the money', {
    type: 'status',
    status: 500,
    effect: 'commit',
  }),
  answerMeets('Stripe answers 500, and has taken nothing', { type: 'status', status: 500, effect: 'none' }),
  answerMeets('the connection breaks before Stripe has the request', { type: 'reset_before' }),
  answerMeets('the connection breaks after Stripe has taken the money', { type: 'reset_after' }),
  answerMeets('Stripe takes the money and never answers', { type: 'hang_after' }),
  answerMeets('half of Stripe’s answer is missing', { type: 'partial_body' }),
  answerMeets('Stripe is busy with this PaymentIntent (409)', { type: 'lock_timeout' }),
  answerMeets('Stripe takes no more requests for now (429)', { type: 'rate_limit' }),
  answerMeets('Stripe refuses our key (401)', { type: 'status', status: 401, effect: 'none' }),
  stumblesAt('the attempt cannot be written ahead', 'bind.before:throw@1'),
  stumblesAt('the attempt is written ahead, and we fail before it is sent', 'bind.after_effect:throw@1'),
  stumblesAt('we fail as the confirm is about to leave', 'confirm.before:throw@1'),
  stumblesAt('Stripe takes the money, and we fail with its answer in hand', 'confirm.after_effect:throw@1'),
  stumblesAt('Stripe takes the money, and its answer cannot be written down', 'settle.before:throw@1'),
  stumblesAt('Stripe’s answer is written down, and we fail after that', 'settle.after:throw@1'),
  {
    what: 'Pressed; our lease runs out while Stripe is at work, so we hang up',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.confirmsMeet({ type: 'delay', ms: 600 });
      const pressed = street.press(given, 'pay-replacement');
      await street.sent(given.charge);
      street.deps.leases.abortAll();
      return pressed;
    },
  },
  {
    what: 'Pressed; Stripe takes the money, and Postgres kills the statement that writes it down, which goes again',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.confirmsMeet({ type: 'delay', ms: 800 });
      const pressed = street.press(given, 'pay-replacement');
      await street.sent(given.charge);
      await street.killSettle(given.charge, pressed);
      return pressed;
    },
  },
  {
    what: 'Pressed; Stripe answers, and the lease cannot be given back',
    show: async (street) => {
      const given = await street.open();
      street.withoutRelease();
      return street.press(given);
    },
  },
  {
    what: 'Pressed again while nobody knows what became of the first confirm',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.confirmsMeet({ type: 'status', status: 500, effect: 'commit' });
      await street.press(given, 'pay-replacement');
      return street.press(given, 'pay-replacement');
    },
  },
  {
    what: 'The answer was lost after the money was taken; a worker has asked again since',
    show: async (street) => {
      const { again } = await lost(street, { type: 'partial_body' });
      await street.advance(60);
      await street.work();
      return again();
    },
  },
  {
    what: 'The page has looked again by itself twelve times, and still nobody knows',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.confirmsMeet({ type: 'partial_body' });
      await street.press(given, 'pay-replacement');
      const url = given.page.url.replace(/\/return$/, '?look=12');
      return { charge: given.charge, page: await given.browser.get(url) };
    },
  },
  {
    what: 'A debit or a slow card is on its way at Stripe',
    show: async (street) => {
      const given = await street.withNewCard();
      const [row] =
        await street.sql`select payment_method_id from replacements where charge_id = ${given.charge}`;
      await street.simulator.control.script(String(row?.payment_method_id), ['processing']);
      return street.press(given, 'pay-replacement');
    },
  },
];
