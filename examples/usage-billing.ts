/**
 * Bills a month of metered usage: prices each line with integers, charges customers who have a card on file, and gives
 * the others a link to save one. Run it twice, or kill it half-way and run it again: the key of each charge is
 * derived from account and month, so nobody pays twice.
 *
 *   npm run dev                                                      # in another terminal
 *   export DUECOURSE_URL=$(node -p "require('./.sandbox/ready.json').api_url")
 *   export DUECOURSE_KEY=$(node -p "require('./.sandbox/ready.json').api_key")
 *   head -n 6 examples/metered-usage.csv | node --import tsx examples/usage-billing.ts 2026-10
 *
 * In a new sandbox nobody has a card: follow the links it prints (card 4242 4242 4242 4242, or 4000 0027 6000 3184,
 * whose bank asks every time), and run it again.
 */
import { text } from 'node:stream/consumers';
import { call, Refused } from './call.ts';

type Setup = { status: string; url: string | null };
type Decline = { code: string | null; decline_code: string | null };
type Charge = { id: string; status: string; detail: string | null; last_error: Decline | null };
type Usage = { account: string; name: string; email: string; kwh: number; amount: number };

const month = process.argv[2] ?? '';
if (!/^\d{4}-\d\d$/.test(month)) throw new Error('Name a month such as 2026-10; the usage comes on stdin');

/** Tariffs are thousandths of a cent: one multiplication, rounded half up once, and no fraction anywhere. */
function readUsage(line: string): Usage {
  const [account = '', name = '', email = '', tariff, previous, current] = line.split(',');
  const kwh = Number(current) - Number(previous);
  const amount = Math.floor((kwh * Number(tariff) + 500) / 1_000);
  if (!Number.isSafeInteger(amount)) throw new Error(`This is no line of usage: ${line}`);
  return { account, name, email, kwh, amount };
}

/** A link, valid for a day, to our page where the customer accepts what may be charged, and then saves a card. */
async function linkToSaveCard(customer: string, account: string): Promise<string> {
  const consent = {
    scope: 'off_session',
    frequency: 'recurring',
    amount_basis: 'the kilowatt hours used, at the tariff of the contract',
    text: 'You may charge this card each month for the power I used, after sending me the bill.',
    version: '2026-10',
    collect: true,
  };
  const day = new Date().toISOString().slice(0, 10);
  const asked = { customer, via: 'checkout', return_url: 'https://power.example/thanks', consent };
  const { url, status } = await call<Setup>('POST', '/v1/setups', asked, `card-${account}-${day}`);
  return url ?? `its set-up is ${status}`;
}

/** The charge of this account and month, made now or earlier; or a sentence that says why there is none. */
async function bill({ account, name, email, kwh, amount }: Usage): Promise<Charge | string> {
  const reference = `usage-${month}-${account}`;
  const bought = { amount, currency: 'eur', description: `${kwh} kWh in ${month}`, reference };
  let customer = '';
  try {
    ({ id: customer } = await call<{ id: string }>('POST', '/v1/customers', {
      reference: account,
      email,
      name,
    }));
    return await call<Charge>('POST', '/v1/charges', { customer, ...bought }, reference);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    switch (error.code) {
      case 'no_payment_method':
      case 'payment_method_unusable':
      case 'consent_missing':
        return `no card: ${await linkToSaveCard(customer, account)}`;
      case 'idempotency_mismatch':
      case 'reference_taken':
        process.exitCode = 1;
        return 'billed before, for another reading: the first bill stands';
      default:
        // One customer's trouble is no reason to leave the others unbilled.
        process.exitCode = 1;
        return error.message;
    }
  }
}

/** A charge's status. If the bank declines, Duecourse retries for days; we do not wait for that here. */
async function outcomeOf({ id }: Charge, untilMs: number): Promise<{ status: string; why: string | null }> {
  const seconds = Date.now() < untilMs ? 20 : 0;
  const { status, detail, last_error } = await call<Charge>('GET', `/v1/charges/${id}?wait=${seconds}`);
  return { status, why: last_error?.decline_code ?? last_error?.code ?? detail };
}

const lines = (await text(process.stdin)).trim().split('\n').slice(1).map(readUsage);
const charges = new Map<Usage, Charge | string>();
for (const usage of lines) charges.set(usage, await bill(usage));

// The workers have been charging all the while. After a minute we print each charge as it stands.
const untilMs = Date.now() + 60_000;
const sums: Record<string, number> = {};
for (const [{ account, amount }, charge] of charges) {
  const isCharged = typeof charge !== 'string';
  const { status, why } = isCharged
    ? await outcomeOf(charge, untilMs)
    : { status: 'not_charged', why: charge };
  sums[status] = (sums[status] ?? 0) + amount;
  console.log(`${account}  ${(amount / 100).toFixed(2).padStart(8)}  ${status}  ${why ?? ''}`.trimEnd());
}
for (const [status, sum] of Object.entries(sums)) console.log(`${status}: ${(sum / 100).toFixed(2)} EUR`);
