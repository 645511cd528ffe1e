/** Lives of a charge for crashes to be tried on: each begins and ends the same whatever is struck on its way. */
import { cancelCharge } from '../../../src/billing/charge/cancel-charge.ts';
import { requestCharge } from '../../../src/billing/charge/request-charge.ts';
import type { SetupPressed } from '../../../src/billing/setup/press-setup.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { type ConfirmPressed, confirmPress, replacePress } from '../../../src/recovery/page/press.ts';
import { insist, type Stage, type Subject, until } from './crash-stage.ts';

type Step = (stage: Stage, subject: Subject) => Promise<void>;

export type Life = {
  readonly name: string;
  readonly ends: 'succeeded' | 'canceled';
  /** One that the work below is about; nothing may be struck yet. */
  readonly prepare: (stage: Stage) => Promise<Subject>;
  /** Whether the charge has been worked on before anything may be struck. */
  readonly isWorkedOn?: boolean;
  readonly steps: readonly Step[];
};

/** How many lives are prepared together. */
const PREPARED = 8;
const EVIDENCE = { ip_address: '127.0.0.1', user_agent: null };
const MERCHANT = { name: 'Powerline', support_email: 'help@example.test' };

const stateIs =
  (state: string): Step =>
  (stage, subject) =>
    until(stage, subject, state, async () => {
      const [row] = await stage.admin`select state from charges where id = ${subject.charge}`;
      return row?.state === state;
    });

/** What Stripe told, all of it, is taken in and applied; also what met a struck connection and is told again later. */
const webhooksIn: Step = async (stage, subject) => {
  await stage.world.simulator.control.webhooks({ paused: false });
  const [charge] =
    await stage.admin`select stripe_payment_intent_id from charges where id = ${subject.charge}`;
  await until(stage, subject, 'all events applied', async () => {
    const { undelivered, retrying } = await stage.world.simulator.control.state();
    if (undelivered + retrying > 0) return false;
    const [row] = await stage.admin`
      select count(*) filter (where state = 'received')::int as waiting,
             count(*) filter (where object_id = ${charge?.stripe_payment_intent_id ?? ''})::int as of_charge
      from inbox_events`;
    return row?.waiting === 0 && row.of_charge > 0;
  });
  await stage.world.simulator.control.webhooks({ paused: true });
};

const mailed: Step = (stage, subject) =>
  until(stage, subject, 'the mail', async () => {
    const rows = await stage.admin`
      select 1 from messages m join recoveries r on r.id = m.recovery_id
      where r.charge_id = ${subject.charge} and m.state = 'sent'`;
    return rows.length > 0;
  });

/** The last of its mails has gone out, or is not wanted any more. */
const quiet: Step = (stage, subject) =>
  until(stage, subject, 'no mail is owed', async () => {
    const rows = await stage.admin`
      select 1 from messages m join recoveries r on r.id = m.recovery_id
      where r.charge_id = ${subject.charge} and m.state in ('queued', 'sending')`;
    return rows.length === 0;
  });

async function recoveryOf({ admin }: Stage, { charge }: Subject): Promise<string> {
  const [row] = await admin`select id from recoveries where charge_id = ${charge}`;
  return String(row?.id);
}

/** Presses until the press has led somewhere. */
async function pressUntil(
  stage: Stage,
  subject: Subject,
  press: () => Promise<SetupPressed | ConfirmPressed>,
  isThere: () => Promise<boolean>,
): Promise<void> {
  await until(stage, subject, 'the press leads somewhere', async () => {
    if (await isThere()) return true;
    await insist(press);
    return isThere();
  });
}

async function lastAttempt({ admin }: Stage, { charge }: Subject): Promise<string> {
  const [row] = await admin`
    select kind || ' ' || state as what from charge_attempts where charge_id = ${charge}
    order by number desc limit 1`;
  return String(row?.what);
}

const intake: Step = async ({ world }, { charge, customer }) => {
  const request = { route: '/v1/charges', key: charge, request_hash: Buffer.alloc(32, 7) };
  const wanted = {
    id: charge,
    customer_id: customer.customer_id,
    payment_method_id: null,
    amount_minor: 1_250,
    currency: 'eur',
    description: 'Power in October',
    reference: null,
    again_of: null,
    scheduled_for: null,
    metadata: {},
    terms: null,
    document: null,
  };
  const taken = await insist(() => requestCharge(world.deps, wanted, request, 'key_test'));
  if (taken.outcome !== 'created' && taken.outcome !== 'replayed') throw new Error(taken.outcome);
};

const cancel: Step = async ({ world }, { charge }) => {
  const canceled = await insist(() => cancelCharge(world.deps, charge, 'key_test'));
  if (canceled.outcome !== 'requested') throw new Error(canceled.outcome);
};

const pressed =
  (replacement: boolean, leadsTo: RegExp): Step =>
  async (stage, subject) => {
    const recovery_id = await recoveryOf(stage, subject);
    const [row] = await stage.admin`select id from replacements where charge_id = ${subject.charge}`;
    const replacement_id = replacement ? String(row?.id) : null;
    const press = {
      recovery_id,
      replacement_id,
      saved_id: null,
      seen_attempt: null,
      ticked: false,
      evidence: EVIDENCE,
      merchant: MERCHANT,
    };
    await pressUntil(
      stage,
      subject,
      () => confirmPress(stage.world.deps, press),
      async () => leadsTo.test(await lastAttempt(stage, subject)),
    );
  };

const atTheBank: Step = async ({ world }, { charge }) => {
  const [intent] = await world.ledger(charge);
  await world.simulator.control.webhooks({ paused: false });
  await world.simulator.control.authenticate(String(intent?.id), 'succeed');
};

const newCard: Step = async (stage, subject) => {
  const recovery_id = await recoveryOf(stage, subject);
  let page: string | null = null;
  await pressUntil(
    stage,
    subject,
    async () => {
      const next = await replacePress(stage.world.deps, recovery_id, EVIDENCE);
      if (next.outcome === 'redirect') page = next.url;
      return next;
    },
    async () => page !== null,
  );
  const browser = stage.world.browser();
  const checkout = await browser.get(String(page));
  // Whoever is struck on the way back has saved the card all the same.
  await browser.press(checkout, 'checkout-pay', { number: '4242424242424242', action: 'pay' });
  await stage.world.simulator.control.webhooks({ paused: false });
  await until(stage, subject, 'the card is saved', async () => {
    const rows = await stage.admin`
      select 1 from replacements where charge_id = ${subject.charge} and state = 'completed'`;
    return rows.length === 1;
  });
  await stage.world.simulator.control.webhooks({ paused: true });
};

const detached: Step = (stage, subject) =>
  until(stage, subject, 'the card that paid this once is detached', async () => {
    const rows = await stage.admin`
      select 1 from payment_methods where customer_id = ${subject.customer.customer_id} and state = 'detached'`;
    return rows.length === 1;
  });

async function made({ world }: Stage, token: string, script?: string[]): Promise<Subject> {
  const customer = await world.customer(token, script as Parameters<typeof world.customer>[1]);
  return { charge: await world.charge(customer), customer };
}

export const lives: readonly Life[] = [
  {
    name: 'a charge that is paid',
    ends: 'succeeded',
    prepare: async ({ world }) => ({
      charge: randomId('chg'),
      customer: await world.customer('pm_card_visa'),
    }),
    steps: [intake, stateIs('succeeded'), webhooksIn],
  },
  {
    name: 'a customer who passes at the bank',
    ends: 'succeeded',
    prepare: (stage) => made(stage, 'pm_card_authenticationRequired'),
    steps: [
      stateIs('action_required'),
      mailed,
      pressed(false, /^on_session awaiting_customer$/),
      atTheBank,
      stateIs('succeeded'),
      webhooksIn,
      quiet,
    ],
  },
  {
    name: 'a merchant who cancels',
    ends: 'canceled',
    prepare: (stage) => made(stage, 'pm_card_visa', ['insufficient_funds']),
    isWorkedOn: true,
    steps: [cancel, stateIs('canceled'), webhooksIn],
  },
  {
    name: 'a charge paid with another card',
    ends: 'succeeded',
    prepare: (stage) => made(stage, 'pm_card_visa', ['expired_card']),
    isWorkedOn: true,
    steps: [
      newCard,
      pressed(true, /^on_session succeeded$/),
      stateIs('succeeded'),
      webhooksIn,
      detached,
      quiet,
    ],
  },
];

/**
 * Where lives begin, one after another: nothing that Stripe had to tell of what was before is still on its way. Several
 * are prepared at a time, because each of them would need as much work on its own.
 */
export function beginningsOf(stage: Stage, life: Life): () => Promise<Subject> {
  const { world } = stage;
  const { control } = world.simulator;
  const ready: Subject[] = [];
  return async () => {
    for (;;) {
      const next = ready.shift();
      if (next !== undefined) return next;
      for (let each = 0; each < PREPARED; each += 1) ready.push(await life.prepare(stage));
      if (life.isWorkedOn === true) await world.work();
      await control.webhooks({ paused: false });
      await control.deliveries();
      await world.work(['inbox_event']);
      await control.webhooks({ paused: true });
    }
  };
}

/** Lives it from its first step to its last. */
export async function live(stage: Stage, life: Life, subject: Subject): Promise<void> {
  for (const step of life.steps) await step(stage, subject);
}
