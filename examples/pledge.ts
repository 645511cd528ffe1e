/**
 * Pledges to a campaign, taken only if it reaches its goal. Whoever pledges saves a card, and their charge waits for the
 * campaign's end; whoever then cannot be charged in time owes nothing. A campaign that misses its goal cancels them all.
 *
 *   node --import tsx examples/pledge.ts pledge P001 2026-12-01T00:00:00Z       # the end; as rental.ts begins
 *   node --import tsx examples/pledge.ts decide lighthouse                      # any time before it
 *
 * In a new sandbox follow the link that `pledge` prints, and run it again.
 */
import { answerOf, Refused } from '../clients/typescript/src/client.ts';
import { chargeOnce, customerOf, duecourse, money, readCells, setupOnce } from './duecourse.ts';

const [command, subject = '', due_at = ''] = process.argv.slice(2);

const CONSENT = {
  ...({ scope: 'off_session', frequency: 'one_time', version: '2026-10', collect: true } as const),
  amount_basis: 'the pledge',
  text: 'You may charge this card once with my pledge, if the campaign reaches its goal.',
};

async function pledge(): Promise<string> {
  const cells = readCells('pledges.csv').find(([account]) => account === subject) ?? [];
  const [account = '', name = '', email = '', campaign = '', amount, currency = ''] = cells;
  const customer = await customerOf(account, name, email);
  const asked = { customer, amount: Number(amount), currency, reference: `pledge-${account}`, due_at };
  const shown = { description: `Pledge to ${campaign}`, metadata: { campaign } };
  try {
    await chargeOnce({ ...asked, ...shown, recovery: { on_expiry: 'release' } });
    return `${name} pledges ${money(Number(amount), currency)} to ${campaign}, due at ${due_at}.`;
  } catch (error) {
    if (!(error instanceof Refused) || !/^(?:no_payment_method|consent_missing)$/.test(error.code))
      throw error;
    const { url, status } = await setupOnce(
      `card-${account}-${new Date().toDateString()}`,
      customer,
      CONSENT,
    );
    return `No card yet: ${url ?? `its set-up is ${status}`}`;
  }
}

/** Every pledge that waits for the campaign's end, page by page. */
async function waiting(campaign: string) {
  const found: { id: string; amount: number; currency: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: { cursor?: string } = cursor === '' ? {} : { cursor };
    const query = { status: 'scheduled', metadata: { campaign }, limit: 100, ...from } as const;
    const page = answerOf(await duecourse.GET('/v1/charges', { params: { query } }));
    found.push(...page.data);
    cursor = page.next_cursor;
  }
  return found;
}

async function decide(): Promise<string> {
  const [campaign = '', goal, currency] = readCells('campaigns.csv').find(([one]) => one === subject) ?? [];
  const pledges = await waiting(campaign);
  const sum = pledges.reduce((total, { amount }) => total + amount, 0);
  const said = `${campaign}: ${pledges.length} pledges, ${money(sum, currency)} of ${money(Number(goal), currency)}`;
  if (sum >= Number(goal)) return `${said}: reached, and charged when they are due.`;
  for (const { id } of pledges) {
    const params = { path: { id }, header: { 'Idempotency-Key': `missed-${id}` } };
    answerOf(await duecourse.POST('/v1/charges/{id}/cancel', { params }));
  }
  return `${said}: missed, and canceled.`;
}

console.log(await (command === 'pledge' ? pledge() : decide()));
