/**
 * A rental, in commands days apart. At pick-up the customer signs and saves a card; at return, and for a damage found later,
 * it is charged while they are gone. Kill a command and run it again: it goes on where it was. With `npm run dev` running:
 *
 *   export DUECOURSE_API_URL=$(node -p "require('./.sandbox/ready.json').api_url")
 *   export DUECOURSE_API_KEY=$(node -p "require('./.sandbox/ready.json').api_key")
 *   node --import tsx examples/rental.ts pick-up R001 2026-10-01T09:30:00Z      # when it was signed
 *   node --import tsx examples/rental.ts return R001 5 103                      # days and kilometres
 *   node --import tsx examples/rental.ts damage R001 18000                      # cents
 *   node --import tsx examples/rental.ts refund R001 6000                       # cents of the damage, which was less
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf } from '../clients/typescript/src/client.ts';
import * as our from './duecourse.ts';

const [command = '', account = '', first = '', second = ''] = process.argv.slice(2);
const rental = our.readCells('rentals.csv').find(([one]) => one === account) ?? [];
const [, name = '', email = '', , day_rate, , km_rate] = rental;

async function pickUp(customer: string, accepted_at: string): Promise<string> {
  const { id } = await our.setupOnce(`pick-up-${account}-${accepted_at}`, customer, {
    max_charges: 2,
    amount_basis: `${day_rate} cents a day, ${km_rate} cents a kilometre, and the repair of what is damaged`,
    text: 'You may charge this card once for days and kilometres when the car is back, and once for damages.',
    ...{ accepted_at, ip_address: '203.0.113.7', user_agent: 'tablet at the counter' },
  });
  for (let shown = ''; ; await sleep(1_000)) {
    const params = { path: { id }, query: { wait: 20 } };
    const { status, url } = answerOf(await our.duecourse.GET('/v1/setups/{id}', { params }));
    if (status === 'succeeded') return `The card of ${name} is on file. Have a good trip!`;
    if (/failed|canceled|expired/.test(status)) throw new Error(`No card was saved (${status}): sign again`);
    if (url !== null && url !== shown) console.log(`Save a card here: ${url}`);
    shown = url ?? shown;
  }
}

/** What the desk needs to know. If it says "not yet", run the command again: same reference, same charge. */
async function charge(customer: string, kind: string, amount: number, description: string): Promise<string> {
  const asked = { customer, amount, currency: 'eur', reference: `${kind}-${account}`, description };
  const paid = await our.settled((await our.chargeOnce(asked)).id, 20);
  const [sum, why] = [our.money(paid.amount), our.reasonOf(paid) ?? 'not known yet'];
  if (paid.status === 'succeeded') return `${name} has paid ${sum}.`;
  if (/failed|canceled/.test(paid.status)) return `${name} has not paid ${sum} (${why}), nor will by this.`;
  if (paid.status !== 'requires_action') return `Not yet: ${sum} are under way (${why}).`;
  return `Not yet: ${sum} need ${name} (${why}); ${email} has a link until ${paid.recovery?.expires_at}.`;
}

try {
  const customer = await our.customerOf(account, name, email);
  const rent = Number(first) * Number(day_rate) + Number(second) * Number(km_rate);
  const run = `${first} days, ${second} km`;
  if (command === 'pick-up') console.log(await pickUp(customer, first));
  else if (command === 'return') console.log(await charge(customer, 'rental', rent, run));
  else if (command === 'refund') console.log(await our.refundOnce(`damage-${account}`, Number(first)));
  else console.log(await charge(customer, 'damage', Number(first), 'Repair of a damage'));
} catch (error) {
  const isOther = our.isRefused(error, 'idempotency_mismatch', 'reference_taken');
  console.error(isOther ? 'Charged before, for other figures: the first charge stands' : `${error}`);
  process.exitCode = 1;
}
