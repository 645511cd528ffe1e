/**
 * A rental, in two commands days apart. At pick-up the customer agrees that their card may be charged once, at return,
 * for days and kilometres, and saves it; nobody knows the amount yet. At return the amount is known, and the card is
 * charged while the customer is already gone. You may kill a command and run it again: it goes on where it was.
 *
 *   npm run dev                                                      # in another terminal
 *   export DUECOURSE_URL=$(node -p "require('./.sandbox/ready.json').api_url")
 *   export DUECOURSE_KEY=$(node -p "require('./.sandbox/ready.json').api_key")
 *   node --import tsx examples/rental.ts pick-up R001 2026-10-01T09:30:00Z      # when the agreement was signed
 *   node --import tsx examples/rental.ts return R001 5 103                      # days and kilometres
 *
 * Stripe's test cards work: 4242 4242 4242 4242 pays, 4000 0027 6000 3184 belongs to a bank that always asks.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { call, Refused } from './call.ts';

type Setup = { id: string; status: string; url: string | null };
type Charge = {
  id: string;
  amount: number;
  status: 'scheduled' | 'processing' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
  detail: string | null;
  recovery: { expires_at: string } | null;
  last_error: { code: string; decline_code: string | null } | null;
};
type Rental = { account: string; name: string; email: string; day_rate: number; km_rate: number };

/** What our own books say about a rental at pick-up; rates are in cents. */
function readRental(wanted: string): Rental {
  const lines = readFileSync(new URL('rentals.csv', import.meta.url), 'utf8').split('\n');
  const cells = lines.map((line) => line.split(',')).find(([account]) => account === wanted);
  if (cells === undefined) throw new Error(`examples/rentals.csv has no rental ${wanted}`);
  const [account = '', name = '', email = '', , day_rate, , km_rate] = cells;
  return { account, name, email, day_rate: Number(day_rate), km_rate: Number(km_rate) };
}

/** The id of a rental's customer: created once, then found by its reference. */
async function customerOf({ account, name, email }: Rental): Promise<string> {
  const { id } = await call<{ id: string }>('POST', '/v1/customers', { reference: account, name, email });
  return id;
}

async function pickUp(rental: Rental, signed_at: string): Promise<void> {
  const consent = {
    scope: 'off_session',
    frequency: 'one_time',
    amount_basis: `${rental.day_rate} cents a day and ${rental.km_rate} cents a kilometre, counted at return`,
    text: 'You may charge this card once, when I have brought the car back, for its days and kilometres.',
    version: '2026-10',
    accepted_at: signed_at,
    ip_address: '203.0.113.7',
    user_agent: 'tablet at the counter',
  };
  const customer = await customerOf(rental);
  const asked = { customer, via: 'checkout', return_url: 'https://cars.example/thanks', consent };
  // A new signature makes another setup, because an expired one does not come back.
  const { id } = await call<Setup>('POST', '/v1/setups', asked, `pick-up-${rental.account}-${signed_at}`);
  await untilSaved(id);
  console.log(`The card of ${rental.name} is on file. Have a good trip!`);
}

async function untilSaved(setup: string): Promise<void> {
  for (let shown = ''; ; ) {
    const { status, url } = await call<Setup>('GET', `/v1/setups/${setup}?wait=20`);
    if (status === 'succeeded') return;
    if (/failed|canceled|expired/.test(status)) throw new Error(`No card was saved (${status}): sign again`);
    if (url !== null && url !== shown) console.log(`Save a card here: ${url}`);
    shown = url ?? shown;
    // The API waits for workers, never for a customer: if it is the customer's turn, it answers at once.
    await wait(1_000);
  }
}

async function giveBack(rental: Rental, days: number, km: number): Promise<void> {
  const amount = days * rental.day_rate + km * rental.km_rate;
  const customer = await customerOf(rental);
  const reference = `rental-${rental.account}`;
  const asked = { customer, amount, currency: 'eur', reference, description: `${days} days, ${km} km` };
  const { id } = await call<Charge>('POST', '/v1/charges', asked, reference);
  console.log(outcome(rental, await call<Charge>('GET', `/v1/charges/${id}?wait=20`)));
}

/** What the desk needs to know. If it says "not yet", run the command again later: same key, same charge. */
function outcome({ name, email }: Rental, charge: Charge): string {
  const sum = `${(charge.amount / 100).toFixed(2)} EUR`;
  const why = charge.last_error?.decline_code ?? charge.last_error?.code ?? charge.detail ?? 'not known yet';
  switch (charge.status) {
    case 'succeeded':
      return `${name} has paid ${sum}.`;
    case 'requires_action':
      // The bank wants the customer, or another card. Duecourse mails them a link to its page.
      return `Not yet: ${sum} need ${name} (${why}); ${email} has a link until ${charge.recovery?.expires_at}.`;
    case 'scheduled':
    case 'processing':
      return `Not yet: ${sum} are under way (${why}).`;
    case 'failed':
    case 'canceled':
      return `${name} has not paid ${sum} (${why}), and this charge will never take them.`;
  }
}

const [command, account = '', ...figures] = process.argv.slice(2);
const [days = 0, km = 0] = figures.map(Number);
try {
  if (command === 'pick-up' && figures[0]) await pickUp(readRental(account), figures[0]);
  else if (command === 'return' && days > 0 && km >= 0) await giveBack(readRental(account), days, km);
  else throw new Error('pick-up <rental> <time of signature>, or return <rental> <days> <kilometres>');
} catch (error) {
  const code = error instanceof Refused ? error.code : null;
  const isOther = code === 'idempotency_mismatch' || code === 'reference_taken';
  console.error(isOther ? 'Charged before, for other figures: the first charge stands' : `${error}`);
  process.exitCode = 1;
}
