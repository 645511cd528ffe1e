/** Metered usage, as it is sent and as it is shown. */
import { z } from 'zod';
import { DECIMAL } from '../../domain/run/usage.ts';
import { line } from './text.ts';

const decimal = z.union([
  z.string().regex(DECIMAL, { error: 'must be a decimal number, such as 1204.375' }),
  z.int().transform(String),
]);

/** Lines are read so that a number keeps the digits it was written with (`src/api/lines`). */
export const usageLine = z.strictObject({
  description: line(500),
  quantity: decimal,
  unit_amount_decimal: decimal,
});

export const shownUsage = z
  .array(
    z.object({
      description: z.string().describe('What was metered'),
      quantity: z.string().describe('A decimal; negative for what is given back'),
      unit_amount_decimal: z.string().describe("The price of one, in the currency's minor unit"),
    }),
  )
  .nullable()
  .meta({ description: 'What the amount was computed from; null where it was given, and in events' });
