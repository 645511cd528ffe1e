/** A line of a run: a charge request that names its customer and amount in one of two ways. */
import { z } from 'zod';
import { newCharge } from './charge.ts';
import { line, searched } from './text.ts';
import { usageLine } from './usage.ts';

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
