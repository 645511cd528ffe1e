/**
 * Pledges to a campaign, taken only if it reaches its goal. Whoever pledges saves a card, and their charge waits for the
 * campaign's end; whoever then cannot be charged in time owes nothing. A campaign that misses its goal cancels them all.
 *
 *   node --import tsx examples/pledge.ts pledge P001 2026-12-01T00:00:00Z       # the end; as rental.ts begins
 *   node --import tsx examples/pledge.ts decide lighthouse                      # any time before it
 *
 * In a new sandbox follow the link that `pledge` prints, and run it again.
 */
import { answerOf, type Charge } from '../clients/typescript/src/client.ts';
import * as our from './duecourse.ts';

const [command, subject = '', due_at = ''] = process.argv.slice(2);

async function pledge(): Promise<string> {
  const cells = our.readCells('pledges.csv').find(([account]) => account === subject) ?? [];
  const [account = '', name = '', email = '', campaign = '', amount, currency = ''] = cells;
  const customer = await our.customerOf(account, name, email);
  const asked = { customer, amount: Number(amount), currency, reference: `pledge-${account}`, due_at };
  const shown = { description: `Pledge to ${campaign}`, metadata: { campaign } };
  try {
    await our.chargeOnce({ ...asked, ...shown, recovery: { on_expiry: 'release' } });
    return `${name} pledges ${our.money(Number(amount), currency)} to ${campaign}, due at ${due_at}.`;
  } catch (error) {
    if (!our.isRefused(error, 'no_payment_method', 'consent_missing')) throw error;
    const { url, status } = await our.setupOnce(`card-${account}-${new Date().toDateString()}`, customer, {
      frequency: 'one_time',
      collect: true,
      amount_basis: 'the pledge',
      text: 'You may charge this card once with my pledge, if the campaign reaches its goal.',
    });
    return `No card yet: ${url ?? `its set-up is ${status}`}`;
  }
}

/** Every pledge that waits for the campaign's end, page after page. */
async function waiting(campaign: string, cursor?: string): Promise<Charge[]> {
  const page = cursor === undefined ? { limit: 100 } : { limit: 100, cursor };
  const params = { query: { status: 'scheduled', metadata: { campaign }, ...page } } as const;
  const { data, next_cursor } = answerOf(await our.duecourse.GET('/v1/charges', { params }));
  return next_cursor === null ? data : [...data, ...(await waiting(campaign, next_cursor))];
}

async function decide(): Promise<string> {
  const [campaign = '', goal, currency] =
    our.readCells('campaigns.csv').find(([one]) => one === subject) ?? [];
  const pledges = await waiting(campaign);
  const sum = pledges.reduce((total, { amount }) => total + amount, 0);
  const of = `${our.money(sum, currency)} of ${our.money(Number(goal), currency)}`;
  if (sum >= Number(goal)) return `${campaign}: ${of}, reached; each is charged when it is due.`;
  for (const { id } of pledges) {
    const params = { path: { id }, header: { 'Idempotency-Key': `missed-${id}` } };
    answerOf(await our.duecourse.POST('/v1/charges/{id}/cancel', { params }));
  }
  return `${campaign}: ${of}, missed; ${pledges.length} canceled.`;
}

console.log(await (command === 'pledge' ? pledge() : decide()));
