/** Who takes part, read from `examples/`: what each owes, the card or account each types in, and how each behaves. */
import { readFileSync } from 'node:fs';

/** How a customer behaves once a mail asks for something. */
export type Acts =
  | 'pays'
  | 'pays_late'
  | 'fails_then_pays'
  | 'other_card'
  | 'fails_then_other_card'
  | 'ignores';

export type Person = {
  readonly account: string;
  readonly name: string;
  readonly email: string;
  /** What is saved, under which number: an account is an IBAN, or one with the bank that Stripe's test accounts are at. */
  readonly type: 'card' | 'sepa_debit' | 'au_becs_debit';
  readonly number: string;
  readonly via: 'elements' | 'checkout';
  /** What the bank answers, attempt by attempt, if no test card answers so. */
  readonly script: readonly string[];
  readonly acts: Acts;
  readonly bill: Bill;
};

/** What is charged, and when: at once, at the end of a rental, or when a campaign has reached its goal. */
export type Bill = {
  readonly kind: 'usage' | 'rental' | 'pledge';
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  readonly reference: string;
  readonly due_in_days: number;
  readonly campaign: string | null;
};

export type Campaign = { readonly name: string; readonly goal_minor: number; readonly pledged_minor: number };

type Row = Readonly<Record<string, string>>;

/** The month's customers and campaigns. Amounts are computed here, with integers only, as a biller would. */
export function readCast(folder: URL): { people: Person[]; campaigns: Campaign[] } {
  const read = (name: string) => readCsv(new URL(name, folder));
  const roles = new Map(read('cast.csv').map((row) => [row.account, row]));
  const bills = [
    ...read('metered-usage.csv').map((row) => ({ row, bill: usageBill(row, 'eur') })),
    ...read('metered-usage-australia.csv').map((row) => ({ row, bill: usageBill(row, 'aud') })),
    ...read('rentals.csv').map((row) => ({ row, bill: rentalBill(row) })),
    ...read('pledges.csv').map((row) => ({ row, bill: pledgeBill(row) })),
  ];
  const people = bills.map(({ row, bill }) => personOf(row, roles.get(row.account ?? ''), bill));
  const campaigns = read('campaigns.csv').map((row) => ({
    name: row.campaign ?? '',
    goal_minor: Number(row.goal_minor),
    pledged_minor: people
      .filter((person) => person.bill.campaign === row.campaign)
      .reduce((sum, person) => sum + person.bill.amount_minor, 0),
  }));
  return { people, campaigns };
}

function personOf(row: Row, role: Row | undefined, bill: Bill): Person {
  if (role === undefined) throw new Error(`examples/cast.csv has nobody for ${row.account}`);
  return {
    account: row.account ?? '',
    name: row.name ?? '',
    email: row.email ?? '',
    type: (role.type ?? 'card') as Person['type'],
    number: role.number ?? '',
    via: role.via === 'checkout' ? 'checkout' : 'elements',
    script: (role.script ?? '').split(' ').filter((outcome) => outcome !== ''),
    acts: (role.acts ?? 'pays') as Acts,
    bill,
  };
}

function usageBill(row: Row, currency: 'eur' | 'aud'): Bill {
  const kwh = Number(row.current_kwh) - Number(row.previous_kwh);
  return {
    kind: 'usage',
    amount_minor: Math.floor((kwh * Number(row.tariff_milli_cent_per_kwh) + 500) / 1_000),
    currency,
    description: `Power in October: ${kwh} kWh`,
    reference: `usage-2026-10-${row.account}`,
    due_in_days: 0,
    campaign: null,
  };
}

function rentalBill(row: Row): Bill {
  return {
    kind: 'rental',
    amount_minor: Number(row.days) * Number(row.day_rate_minor) + Number(row.km) * Number(row.minor_per_km),
    currency: 'eur',
    description: `Rental of ${row.days} days and ${row.km} km`,
    reference: `rental-${row.account}`,
    due_in_days: Number(row.days),
    campaign: null,
  };
}

function pledgeBill(row: Row): Bill {
  return {
    kind: 'pledge',
    amount_minor: Number(row.pledge_minor),
    currency: row.currency ?? 'usd',
    description: `Pledge for ${row.campaign}`,
    reference: `pledge-${row.campaign}-${row.account}`,
    due_in_days: 2,
    campaign: row.campaign ?? null,
  };
}

function readCsv(file: URL): Row[] {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}
