/**
 * Bills a month of metered usage: prices each line with integers, charges customers who have a card on file, and gives the
 * others a link to save one. Kill it and run it again: account and month name a charge, so that nobody pays twice.
 *   head -n 6 examples/metered-usage.csv | node --import tsx examples/usage-billing.ts 2026-10      # as rental.ts begins
 *
 * In a new sandbox nobody has a card: follow the links it prints (4242 4242 4242 4242 pays), and run it again.
 */
import { text } from 'node:stream/consumers';
import type { Charge } from '../clients/typescript/src/client.ts';
import * as our from './duecourse.ts';

const month = process.argv[2] ?? '';
if (!/^\d{4}-\d\d$/.test(month)) throw new Error('Name a month such as 2026-10; the usage comes on stdin');

/** The charge of this account and month, made now or earlier; or a sentence that says why there is none. */
async function bill({ account, name, email, kwh, amount }: our.Usage) {
  const customer = await our.customerOf(account, name, email);
  const bought = { amount, currency: 'eur', description: `${kwh} kWh in ${month}` };
  try {
    return await our.chargeOnce({ customer, ...bought, reference: `usage-${month}-${account}` });
  } catch (error) {
    if (!our.isRefused(error, 'no_payment_method', 'payment_method_unusable', 'consent_missing')) throw error;
    const { url, status } = await our.setupOnce(`card-${account}-${new Date().toDateString()}`, customer, {
      collect: true,
      amount_basis: 'the kilowatt hours used, at the tariff of the contract',
      text: 'You may charge this card each month for the power I used, after sending me the bill.',
    });
    return `no card: ${url ?? `its set-up is ${status}`}`;
  }
}

/** One customer's trouble is no reason to leave the others unbilled. */
function troubleOf(error: unknown): string {
  if (!our.isRefused(error)) throw error;
  process.exitCode = 1;
  const isOther = our.isRefused(error, 'idempotency_mismatch', 'reference_taken');
  return isOther ? 'billed before, for another reading: the first bill stands' : `${error}`;
}

const bills = new Map<our.Usage, Charge | string>();
const lines = (await text(process.stdin)).trim().split('\n').slice(1);
for (const usage of lines.map(our.readUsage)) bills.set(usage, await bill(usage).catch(troubleOf));
// The workers have been charging all the while. After a minute each is printed as it stands.
const [until_ms, sums] = [Date.now() + 60_000, new Map<string, number>()];
for (const [{ account, amount }, made] of bills) {
  const now = typeof made === 'string' ? made : await our.settled(made.id, Date.now() < until_ms ? 20 : 0);
  const [status, why] = typeof now === 'string' ? ['not_charged', now] : [now.status, our.reasonOf(now)];
  sums.set(status, (sums.get(status) ?? 0) + amount);
  console.log(`${account}  ${(amount / 100).toFixed(2).padStart(8)}  ${status}  ${why ?? ''}`.trimEnd());
}
for (const [status, sum] of sums) console.log(`${status}: ${our.money(sum)}`);
