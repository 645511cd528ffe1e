/** `src/store/customer/waking.ts` and `refreshMethod`: what a customer owes its charges that wait. */
import type { Rows } from '../../../src/store/work/obligations.ts';
import { later } from './obligation-statements.ts';
import type { Modelled } from './statement.ts';
import type { Tables } from './tables.ts';

const WAITS: readonly string[] = ['retry_wait', 'action_required'];

export const wakingStatements: readonly Modelled[] = [
  {
    name: 'listWaiting',
    marker: 'select id from charges where customer_id = ? and state in',
    arity: 2,
    // A map keeps the order in which the charges were taken in.
    run: ({ rows }, [customer_id]) =>
      [...rows.charge.values()]
        .filter((charge) => charge.customer_id === customer_id && WAITS.includes(charge.state))
        .map(({ id }) => ({ id })),
  },
  {
    name: 'writeWaking',
    marker: 'waking_charge_id = case when',
    // What it plans anew are charges with a debit; the model has cards.
    arity: 10,
    locks: true,
    run: (tables, values) => {
      const [id, revision, lease_number, wake_id, wake_revision, , waking, wakes, , due_in_ms] = values;
      const customer = tables.rows.customer.get(id as string);
      if (customer === undefined || customer.revision !== revision) return [];
      if (customer.lease_number !== lease_number) return [];
      const woken = wake(tables, customer, wake_id as string | null, wake_revision as number);
      const isPassed = wakes === true && woken === null;
      const noted = isPassed ? customer.waking_charge_id : woken;
      tables.write('customer', customer.id, {
        waking: waking as string[],
        // One at a time rests on who was woken last.
        waking_charge_id: tables.without === 'one_at_a_time' ? null : noted,
        due_at: isPassed ? tables.now() : later(tables, due_in_ms as number | null),
        tries: 0,
        claim_token: null,
        lease_until: null,
        offered_at: null,
        revision: customer.revision + 1,
      });
      return [];
    },
  },
  {
    name: 'refreshMethod',
    marker: 'as is_renewal from payment_methods',
    arity: 17,
    locks: true,
    run: (tables, [brand, , , exp_year, id]) => {
      const method = tables.methods.get(id as string);
      if (method === undefined || method.exp_year === exp_year || brand !== BRAND) return [];
      tables.setMethod(method.id, { exp_year: exp_year as number, renewed_at: tables.now() });
      if (method.state !== 'usable') return [];
      for (const customer of tables.rows.customer.values())
        tables.write('customer', customer.id, {
          ...owed(tables, customer, method.id),
          revision: customer.revision + 1,
        });
      return [];
    },
  },
];

/** Every card of the model has it. */
export const BRAND = 'visa';

/** Makes a charge due, unless it has moved since it was read. */
function wake(
  tables: Tables,
  customer: Rows['customer'],
  id: string | null,
  revision: number,
): string | null {
  const charge = tables.rows.charge.get(id ?? '');
  if (charge?.revision !== revision || charge.close_requested_at !== null) return null;
  if (charge.customer_id !== customer.id || !WAITS.includes(charge.state)) return null;
  tables.write('charge', charge.id, {
    due_at: tables.now(),
    offered_at: null,
    revision: charge.revision + 1,
  });
  const last = tables.rows.charge.get(customer.waking_charge_id ?? '');
  tables.count(last === undefined ? 'woken' : 'woken_next');
  tables.woken(charge.id, customer.waking[0] ?? '');
  return charge.id;
}

/** The trigger `owe_waking()`: another default is owed to the charges that wait, whichever statement makes it. */
export function oweWaking(tables: Tables, old: Rows['customer'], row: Rows['customer']): void {
  const preferred = row.default_payment_method_id;
  if (preferred !== null && preferred !== old.default_payment_method_id)
    Object.assign(row, owed(tables, old, preferred));
}

/** `with_waking()`: the head of the list is being gone through, and is only added again behind it. */
function owed(tables: Tables, { waking }: Rows['customer'], payment_method_id: string) {
  const [head, ...others] = waking;
  const behind = [...others.filter((each) => each !== payment_method_id), payment_method_id];
  return {
    waking: head === undefined ? behind : [head, ...behind],
    due_at: tables.now(),
    offered_at: null,
  };
}
