import { emit } from '../events/emit.ts';
import { buildBalanceTransaction, feeOn, type Movement } from '../objects/money.ts';
import { change, insert } from '../world/table.ts';
import type { BalanceTransactionRow, ChargeRow, Context } from '../world/world.ts';

/** Enters a movement on the balance. */
export function enter(context: Context, movement: Movement): BalanceTransactionRow {
  const { account, world } = context;
  const value = buildBalanceTransaction(account.random.id('txn_1', 23), world.clock.seconds(), movement);
  return insert(account.balanceTransactions, { value });
}

/** Enters a captured charge, at once. */
export function enterCharge(context: Context, row: ChargeRow): void {
  const { id, amount_captured, currency, description } = row.value;
  const transaction = enter(context, {
    type: 'charge',
    category: 'charge',
    amount: amount_captured,
    fee: feeOn(amount_captured, currency),
    currency,
    source: id,
    description,
  });
  change(row, { balance_transaction: transaction.value.id });
}

/**
 * Enters a captured charge one tick later, as `capture_method=automatic_async` does: the answer and
 * `charge.succeeded` show no balance transaction yet, and `charge.updated` brings it.
 */
export function enterChargeLater(context: Context, row: ChargeRow): void {
  const { world, account } = context;
  setImmediate(() => {
    const before = row.value;
    const after = { world, account, request: null };
    enterCharge(after, row);
    emit(after, 'charge.updated', row.value, { ...before });
  });
}
