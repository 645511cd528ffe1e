/** A line of a run: a charge request that names its customer and amount in one of two ways. */
import { z } from 'zod';
import { DECIMAL } from '../../domain/run/usage.ts';
import { newCharge } from './charge.ts';
import { line, searched } from './text.ts';

const decimal = z.string().regex(DECIMAL, { error: 'must be a decimal number, such as 1204.375' });

export const usageLine = z.strictObject({
  description: line(500).describe('What was metered, as the customer reads it'),
  quantity: z
    .union([decimal, z.int().transform(String)])
    .meta({ description: 'A number or a decimal text; negative for what is given back' }),
  unit_amount_decimal: z
    .union([decimal, z.int().transform(String)])
    .meta({ description: "The price of one, in the currency's minor unit, with up to 12 decimals" }),
});

const USAGE_LINES_MAX = 100;

export const runLine = newCharge
  .extend({
    customer: z.string().optional(),
    customer_reference: searched(200).optional(),
    amount: z.int().optional(),
    reference: line(200),
    usage: z.array(usageLine).min(1).max(USAGE_LINES_MAX).optional(),
  })
  .superRefine((given, ctx) => {
    const one = (a: 'customer' | 'amount', b: 'customer_reference' | 'usage'): void => {
      if ((given[a] === undefined) !== (given[b] === undefined)) return;
      ctx.addIssue({ code: 'custom', path: [a], message: `must be given, or ${b} in its place` });
    };
    one('customer', 'customer_reference');
    one('amount', 'usage');
  });
export type RunLineBody = z.output<typeof runLine>;
