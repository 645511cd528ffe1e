/** The chapters of the demo: cards are saved, bills go out, days pass, customers come back. */
import { setTimeout as wait } from 'node:timers/promises';
import { openAttemptsByPid } from '../../../sandbox/open-attempts.ts';
import type { Sandbox } from '../../../sandbox/start-sandbox.ts';
import { actOnMail, asks, type Mail, type Memory, readInbox } from './act.ts';
import type { Campaign, Person } from './cast.ts';
import type { Chapter, Display } from './display.ts';
import { inParallel, type Merchant } from './merchant.ts';
import { type Customer, type StripeAt, saveMethod } from './set-up.ts';
import { type Simulator, scriptMethod } from './trouble.ts';

export type Stage = {
  readonly merchant: Merchant;
  readonly stripe: StripeAt;
  readonly simulator: Simulator;
  readonly sandbox: Sandbox;
  readonly display: Display;
};

const WIDTH = 16;
const DAY_S = 86_400;
const HOUR_S = 3_600;
/**
 * Business time passes in these steps: first the technical retries, then days while most debits are collected, then two at a time
 * until the last one was presented again, and its customer's link has expired.
 */
const STEPS_S = [
  ...[60, 15 * 60, 2 * HOUR_S, 12 * HOUR_S],
  ...Array.from({ length: 10 }, () => DAY_S),
  ...Array.from({ length: 10 }, () => 2 * DAY_S),
];

/** Every customer saves a card, or an account for debits: through the merchant's form or Stripe's page, past the bank if it asks. */
export async function saveEverybody(stage: Stage, people: readonly Person[]): Promise<Customer[]> {
  const chapter = stage.display.chapter('saving methods', people.length);
  const customers: Customer[] = [];
  await inParallel(people, WIDTH, async (person) => {
    const customer = await saveMethod(stage.merchant, stage.stripe, person);
    if (customer.payment_method !== null && person.script.length > 0)
      await scriptMethod(stage.simulator, customer.payment_method, person.script);
    customers.push(customer);
    chapter.tick();
  });
  const saved = customers.filter((customer) => customer.payment_method !== null).length;
  chapter.end(`${saved} of ${people.length} customers have a card or an account on file`);
  return customers;
}

/** One charge for every customer with something on file; a worker dies on the way. */
export async function billEverybody(stage: Stage, customers: readonly Customer[]): Promise<void> {
  const billed = customers.filter((customer) => customer.payment_method !== null);
  const chapter = stage.display.chapter('billing the month', billed.length);
  await inParallel(billed, WIDTH, async (customer) => {
    const { bill } = customer.person;
    await stage.merchant.post(
      '/v1/charges',
      {
        customer: customer.id,
        amount: bill.amount_minor,
        currency: bill.currency,
        description: bill.description,
        reference: bill.reference,
        ...(bill.due_in_days === 0 ? {} : { due_at: inDays(bill.due_in_days) }),
      },
      bill.reference,
    );
    chapter.tick();
  });
  const victim = await untilWorkerDied(stage, chapter);
  chapter.end(`${billed.length} charges accepted; ${victim}`);
}

const inDays = (days: number): string => new Date(Date.now() + days * DAY_S * 1_000).toISOString();

/** Waits for the failpoint, and reads from the dead worker's log which attempt it left open. */
async function untilWorkerDied(stage: Stage, chapter: Chapter): Promise<string> {
  for (let round = 0; round < 600; round += 1) {
    const exit = stage.sandbox.exits().find((each) => each.signal === 'SIGKILL');
    if (exit !== undefined) {
      const text = `worker ${exit.pid} killed by SIGKILL with ${openAttemptOf(stage.sandbox.folder, exit.pid)} open`;
      chapter.note(text);
      return text;
    }
    await wait(50);
  }
  return 'NO worker died';
}

function openAttemptOf(folder: string, pid: number): string {
  const last = [...(openAttemptsByPid(folder).get(pid) ?? [])].at(-1);
  return last === undefined ? 'no attempt' : `attempt ${last[1]} of ${last[0]}`;
}

/** A campaign that missed its goal charges nobody: its scheduled charges are cancelled before they are due. */
export async function cancelCampaigns(
  stage: Stage,
  customers: readonly Customer[],
  campaigns: readonly Campaign[],
): Promise<void> {
  const missed = campaigns.filter((campaign) => campaign.pledged_minor < campaign.goal_minor);
  const names = new Set(missed.map((campaign) => campaign.name));
  const pledgers = customers.filter(
    (customer) => customer.payment_method !== null && names.has(customer.person.bill.campaign ?? ''),
  );
  const chapter = stage.display.chapter('campaigns decide', pledgers.length);
  await inParallel(pledgers, WIDTH, async ({ person }) => {
    const { data } = await stage.merchant.get<{ data: { id: string }[] }>(
      `/v1/charges?reference=${encodeURIComponent(person.bill.reference)}`,
    );
    for (const { id } of data) {
      await stage.merchant.post(`/v1/charges/${id}/cancel`, {}, `cancel-${id}`);
    }
    chapter.tick();
  });
  chapter.end(`${[...names].join(', ')} missed its goal: ${pledgers.length} pledges canceled`);
}

/** Days pass; each customer who gets a mail acts on it in their own way. Returns every mail that was sent. */
export async function liveThroughDays(stage: Stage, customers: readonly Customer[]): Promise<Mail[]> {
  const chapter = stage.display.chapter('days pass', STEPS_S.length);
  const byEmail = new Map(customers.map((customer) => [customer.person.email, customer.person]));
  const memories = new Map<string, Memory>();
  const { inbox_url } = stage.sandbox.ready();
  let seen = 0;
  let passed_s = 0;
  for (const step_s of STEPS_S) {
    await stage.sandbox.advance(step_s);
    passed_s += step_s;
    const mails = await readInbox(inbox_url);
    const fresh = mails
      .slice(0, mails.length - seen)
      .reverse()
      .filter(asks);
    seen = mails.length;
    await inParallel(latestPerPerson(fresh), 6, async (mail) => {
      const person = byEmail.get(mail.to);
      if (person === undefined) throw new Error('a mail went to nobody we know');
      const memory = memories.get(mail.to) ?? { mails: 0, failed: false };
      memories.set(mail.to, memory);
      await actOnMail(mail, person.acts, memory);
    });
    if (fresh.length > 0) await stage.sandbox.advance(1);
    chapter.tick();
    if (fresh.length > 0) chapter.note(`day ${Math.floor(passed_s / DAY_S)}: ${fresh.length} mails that ask`);
  }
  chapter.end(`${Math.floor(passed_s / DAY_S)} days, ${seen} mails`);
  return readInbox(inbox_url);
}

function latestPerPerson(mails: readonly Mail[]): Mail[] {
  return [...new Map(mails.map((mail) => [mail.to, mail])).values()];
}
