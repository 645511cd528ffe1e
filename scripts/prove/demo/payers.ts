/** Identical customers with a good card on file: measurements need many alike. */
import type { Ready } from '../../../sandbox/ready-file.ts';
import type { Person } from './cast.ts';
import { inParallel, type Merchant } from './merchant.ts';
import { type Customer, saveMethod } from './set-up.ts';

const AT_ONCE = 8;

/** Registers this many and has each save a card. */
export async function savePayers(merchant: Merchant, ready: Ready, count: number): Promise<Customer[]> {
  const { stripe_url: url, stripe_publishable_key: publishable_key } = ready;
  const stripe = { url, publishable_key, return_url: 'https://shop.example/back' };
  const people = Array.from({ length: count }, (_, index) => payer(`payer-${index + 1}`));
  const saved: Customer[] = [];
  await inParallel(people, AT_ONCE, async (person) => {
    saved.push(await saveMethod(merchant, stripe, person));
  });
  return saved;
}

function payer(account: string): Person {
  return {
    account,
    name: account,
    email: `${account}@example.test`,
    type: 'card',
    number: '4242424242424242',
    via: 'elements',
    script: [],
    acts: 'ignores',
    bill: {
      kind: 'usage',
      reference: account,
      amount_minor: 1_250,
      currency: 'eur',
      description: 'Power in October',
      due_in_days: 0,
      campaign: null,
    },
  };
}
