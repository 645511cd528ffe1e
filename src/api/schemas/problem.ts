import { z } from 'zod';
import { PROBLEM_CODES } from '../problem.ts';

/** Every refusal, of any status (RFC 9457). */
const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(PROBLEM_CODES),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    charges: z
      .array(z.string())
      .optional()
      .meta({ description: 'Charges that stand in the way, at most 20 of them' }),
    existing: z.string().optional().meta({ description: 'The id that stands in the way' }),
  })
  .meta({ id: 'Problem' });

/** The response of every status that is no success. */
export const refusals = {
  '4xx': { description: 'Refused', content: { 'application/problem+json': { schema: problemSchema } } },
  '5xx': { description: 'Not done', content: { 'application/problem+json': { schema: problemSchema } } },
};
