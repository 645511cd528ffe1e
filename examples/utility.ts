/**
 * A utility that collects by SEPA direct debit. Before the first month each household types its IBAN on a page and signs the
 * mandate; every month what it used is debited, which takes the banks days; and weeks later a debit may come back. Kill a
 * command and run it again: account and month name a charge. The households and their meters come on stdin:
 *
 *   head -n 6 examples/metered-usage.csv | node --import tsx examples/utility.ts sign-up        # as rental.ts begins
 *   head -n 6 examples/metered-usage.csv | node --import tsx examples/utility.ts bill 2026-10   # again to see what became of it
 *   node --import tsx examples/utility.ts returns
 *
 * In a sandbox DE89370400440532013000 pays, and DE35370400440532013002 pays and comes back.
 */
import { text } from 'node:stream/consumers';
import { answerOf, type Charge } from '../clients/typescript/src/client.ts';
import * as our from './duecourse.ts';

const [command = '', month = ''] = process.argv.slice(2);

/** The page on which a household agrees and types its IBAN, or that it has done so. */
async function signUp({ account, name, email }: our.Usage): Promise<string> {
  const customer = await our.customerOf(account, name, email);
  const agreed = {
    collect: true,
    amount_basis: 'the kilowatt hours used, at the tariff of the contract',
    text: 'You may collect each month what I owe for the power I used, after telling me amount and day.',
  };
  const begun = await our.setupOnce(`iban-${account}`, customer, agreed, 'sepa_debit');
  const params = { path: { id: begun.id } };
  const { status, url } = answerOf(await our.duecourse.GET('/v1/setups/{id}', { params }));
  return status === 'succeeded' ? 'has signed' : `${url ?? status}`;
}

/** What became of this month's debit, which is asked for once. */
async function bill({ account, name, email, kwh, amount }: our.Usage): Promise<string> {
  const customer = await our.customerOf(account, name, email);
  const bought = { amount, currency: 'eur', description: `${kwh} kWh in ${month}` };
  const charge = await our.chargeOnce({ customer, ...bought, reference: `power-${month}-${account}` });
  return `${our.money(amount)}  ${charge.status}  ${our.reasonOf(charge) ?? ''}`.trimEnd();
}

/** Debits that came back after they had succeeded. Whether to ask again is for a person: whoever sent it back had a reason. */
async function listReturns(): Promise<void> {
  const params = { query: { disputed: 'true' } } as const;
  const { data } = answerOf(await our.duecourse.GET('/v1/charges', { params }));
  for (const { reference, amount, disputes } of data as Charge[])
    console.log(`${reference}  ${our.money(amount)} came back: ${disputes[0]?.reason}`);
}

if (command === 'returns') await listReturns();
else
  for (const line of (await text(process.stdin)).trim().split('\n').slice(1)) {
    const usage = our.readUsage(line);
    const said = await (command === 'bill' ? bill(usage) : signUp(usage)).catch((error) => {
      if (!our.isRefused(error)) throw error;
      process.exitCode = 1;
      return `${error}`;
    });
    console.log(`${usage.account}  ${said}`);
  }
