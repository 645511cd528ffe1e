/**
 * Situations in which a customer looks at our page, each brought about on real services, and what was true at Stripe when
 * they looked.
 */
import type { ChargeTerms } from '../../../../src/domain/charge/charge-terms.ts';
import { configureFailpoints } from '../../../../src/platform/failpoints.ts';
import { openDatabase } from '../../../../src/store/postgres/database.ts';
import { until } from '../../../harness/until.ts';
import { type Browser, createRecoveryWorld, type Page, type RecoveryWorld } from '../recovery-world.ts';

const CHALLENGED = 'pm_card_authenticationRequired';
const CONFIRMS = { method: 'POST', route: '/v1/payment_intents/:id/confirm' } as const;
const READS = { method: 'GET', route: '/v1/payment_intents/:id' } as const;

const TERMS: ChargeTerms = {
  retry_days: [1, 3, 7],
  deadline_days: 7,
  on_expiry: 'close',
  mails: true,
  early_mail: false,
};

/** What a customer was shown, and of which charge; null where nobody's was meant. */
export type Shown = {
  readonly charge: string | null;
  readonly page: Page;
  /** Before the press that led here. */
  readonly before?: { readonly confirms: number; readonly attempts: number };
};

export type Situation = {
  /** What had happened, for a reader. */
  readonly what: string;
  readonly show: (street: Street) => Promise<Shown>;
};

export type Opened = {
  readonly charge: string;
  readonly link: string;
  readonly customer: Awaited<ReturnType<RecoveryWorld['customer']>>;
  readonly browser: Browser;
  readonly page: Page;
};

export type Street = Awaited<ReturnType<typeof openStreet>>;
type Action = Parameters<RecoveryWorld['simulator']['control']['faults']>[0]['action'];

/** Starts it; close it after the file. */
export async function openStreet() {
  const world = await createRecoveryWorld({ timings: { stripeTimeoutMs: 2_000, twinWaitMs: 5_000 } });
  const dead = openDatabase({
    url: 'postgres://127.0.0.1:1/none',
    applicationName: 'dead',
    connectionsMax: 1,
  });
  const { sql, leases } = world.deps;
  const { control } = world.simulator;

  async function open(token = CHALLENGED, script?: Parameters<typeof world.asked>[1]): Promise<Opened> {
    const asked = await world.asked(token, script);
    const browser = world.browser();
    return { ...asked, browser, page: await browser.get(asked.link) };
  }

  const confirms = async (charge: string) =>
    (await world.ledger(charge)).reduce((sum, intent) => sum + intent.confirms, 0);

  return {
    ...world,
    open,
    /** A customer charged under terms of the merchant's own, at the link in their mail. */
    async openUnder(terms: Partial<ChargeTerms>, token = CHALLENGED): Promise<Opened> {
      const customer = await world.customer(token);
      const charge = await world.charge(customer, 4_299);
      await world.sql`update charges set terms = ${world.sql.json({ ...TERMS, ...terms })} where id = ${charge}`;
      await world.work();
      const link = world.linkTo(customer.customer_id);
      const browser = world.browser();
      return { customer, charge, link, browser, page: await browser.get(link) };
    },
    /** So many days in which nobody comes. */
    async pass(days: number): Promise<void> {
      for (let half = 0; half < days * 2; half += 1) {
        await world.advance(43_200);
        await world.work();
      }
    },
    /** A customer whose card was taken off the file before the charge's day. */
    async neverTried(): Promise<Opened> {
      const customer = await world.customer('pm_card_visa');
      const charge = await world.charge(customer, 4_299);
      await world.sql`
        update payment_methods set state = 'unusable', detail = 'evidence_missing'
        where id = ${customer.payment_method_id}`;
      await world.work();
      const link = world.linkTo(customer.customer_id);
      const browser = world.browser();
      return { customer, charge, link, browser, page: await browser.get(link) };
    },
    /** A customer whose card was declined for good, at the page that offers to pay with the one they entered. */
    async withNewCard(number = '4242424242424242') {
      const given = await open('pm_card_visa', ['expired_card']);
      const checkout = await given.browser.press(given.page, 'replace');
      let ready = await given.browser.press(checkout, 'checkout-pay', { number, action: 'pay' });
      if (ready.html.includes('3ds-complete')) ready = await given.browser.press(ready, '3ds-complete');
      return { ...given, page: ready };
    },
    /** Presses, and tells what was there before. */
    async press({ charge, browser, page }: Opened, testid = 'confirm'): Promise<Required<Shown>> {
      const before = {
        confirms: await confirms(charge),
        attempts: (await world.read(charge)).attempts.length,
      };
      return { charge, page: await browser.press(page, testid), before };
    },
    again: async ({ charge, browser, page }: Opened): Promise<Shown> => ({
      charge,
      page: await browser.get(page.url),
    }),
    confirmsMeet: (action: Action) => control.faults({ match: CONFIRMS, action, times: 1 }),
    readsMeet: (action: Action) => control.faults({ match: READS, action, times: 100 }),
    failAt: (spec: string) => configureFailpoints(spec, { testMode: true }),
    /** Until the confirm of a press is on the wire. */
    sent: (charge: string) =>
      until('the attempt to be written ahead', async () => {
        const { attempts } = await world.read(charge);
        return attempts.at(-1)?.state === 'open';
      }),
    /** The backend that waits for a lock on this charge dies, and with it the connection. */
    async killSettle(charge: string, release: Promise<unknown>): Promise<void> {
      const admin = openDatabase({ url: world.databaseUrl, applicationName: 'admin', connectionsMax: 2 });
      await admin.sql.begin(async (locked) => {
        await locked`select 1 from charges where id = ${charge} for update`;
        await until('a statement to wait for the charge', async () => {
          const killed = await admin.sql`
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name like 'world%' and wait_event_type = 'Lock' and datname = current_database()`;
          return killed.length > 0;
        });
      });
      await release;
      await admin.close();
    },
    withoutDatabase: () => void Object.assign(world.deps, { sql: dead.sql }),
    withoutRelease: () => {
      const release = () => Promise.reject(new Error('no database'));
      Object.assign(world.deps, { leases: { ...leases, release } });
    },
    /** Ends what a situation has broken. */
    async mend(): Promise<void> {
      configureFailpoints(null, { testMode: true });
      Object.assign(world.deps, { sql, leases });
      for (const { id } of await control.listFaults()) await control.removeFault(id);
      await control.webhooks({ paused: false });
      await world.sql`update instance set charging_enabled = true`;
    },
    async close(): Promise<void> {
      await dead.close();
      await world.close();
    },
  };
}
