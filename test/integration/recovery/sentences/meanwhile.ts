/** What somebody else did meanwhile: at Stripe, in the dashboard, by an operator; and other cards. */
import type { Opened, Situation, Street } from './street.ts';

const intentOf = async (street: Street, { charge }: Opened): Promise<string> =>
  String((await street.ledger(charge))[0]?.id);

async function ended(street: Street): Promise<Opened> {
  const given = await street.open();
  await street.cancel(given.charge);
  await street.work();
  return given;
}

const newMethod = async (street: Street, { charge }: Opened): Promise<string> =>
  String(
    (await street.sql`select payment_method_id from replacements where charge_id = ${charge}`)[0]
      ?.payment_method_id,
  );

const looksByLink = async (street: Street, { charge, link }: Opened) => ({
  charge,
  page: await street.browser().get(link),
});

export const meanwhile: readonly Situation[] = [
  {
    what: 'Paid in the dashboard, and the customer presses before the webhook',
    show: async (street) => {
      const given = await street.open();
      await street.simulator.control.webhooks({ paused: true });
      await street.sdk.paymentIntents.confirm(await intentOf(street, given), {
        payment_method: 'pm_card_visa',
        off_session: true,
      });
      return street.press(given);
    },
  },
  {
    what: 'Cancelled in the dashboard, and the customer presses before the webhook',
    show: async (street) => {
      const given = await street.open();
      await street.simulator.control.webhooks({ paused: true });
      await street.sdk.paymentIntents.cancel(await intentOf(street, given));
      const pressed = await street.press(given);
      await street.work();
      return { ...pressed, page: await given.browser.get(given.page.url) };
    },
  },
  {
    what: 'The amount was changed at Stripe, and the customer presses',
    show: async (street) => {
      const given = await street.open();
      await street.sdk.paymentIntents.update(await intentOf(street, given), { amount: 9_900 });
      return street.press(given);
    },
  },
  {
    what: 'Ended as cancelled, and Stripe contradicts it: a person has to find out',
    show: async (street) => {
      const given = await ended(street);
      await street.sql`insert into breaks (kind, entity_id, observed) values ('success_after_close', ${given.charge}, '{}')`;
      return looksByLink(street, given);
    },
  },
  {
    what: 'Ended as cancelled, Stripe contradicted it, and a person has closed the matter',
    show: async (street) => {
      const given = await ended(street);
      await street.sql`insert into breaks (kind, entity_id, observed, closed_by)
                       values ('success_after_close', ${given.charge}, '{}', 'refund')`;
      return looksByLink(street, given);
    },
  },
  {
    what: 'Written off by a person: Stripe has no such PaymentIntent any more, and no proof',
    show: async (street) => {
      const given = await ended(street);
      await street.sql.begin(async (forging) => {
        await forging`set local session_replication_role = 'replica'`;
        await forging`update charges set state = 'failed', payment_intent_canceled_at = null where id = ${given.charge}`;
      });
      return looksByLink(street, given);
    },
  },
  {
    what: 'A new card was entered, and nothing was pressed yet',
    show: async (street) => street.withNewCard(),
  },
  {
    what: 'A new card was entered, pressed, and declined',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.simulator.control.script(await newMethod(street, given), ['insufficient_funds']);
      return street.press(given, 'pay-replacement');
    },
  },
  {
    what: 'A new card was pressed twice at once, and declined once: the second answer',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.simulator.control.script(await newMethod(street, given), ['insufficient_funds']);
      await street.confirmsMeet({ type: 'delay', ms: 300 });
      const [, second] = await Promise.all([1, 2].map(() => street.press(given, 'pay-replacement')));
      return { charge: given.charge, page: (second as NonNullable<typeof second>).page };
    },
  },
  {
    what: 'A new card was pressed and paid at once',
    show: async (street) => street.press(await street.withNewCard(), 'pay-replacement'),
  },
  {
    what: 'A new card was entered, nobody pressed, and a worker has paid with it',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.advance(601);
      await street.work();
      return street.again(given);
    },
  },
  {
    what: 'A new card was entered, nobody pressed, and its bank wants its customer',
    show: async (street) => {
      const given = await street.withNewCard('4000002760003184');
      await street.advance(601);
      await street.work();
      return street.again(given);
    },
  },
];
