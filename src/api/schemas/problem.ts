import { z } from 'zod';
import { PROBLEM_CODES } from '../problem.ts';

// Every refusal, of any status (RFC 9457). It is known by its id: the description names it, and no route answers by it.
z.object({
  type: z
    .string()
    .describe('A URN that ends in the code')
    .meta({ examples: ['urn:duecourse:problem:not_found'] }),
  title: z.string().describe('The same sentence for every refusal of this code, for people'),
  status: z.int().describe('The HTTP status, repeated'),
  code: z.enum(PROBLEM_CODES).describe('Which refusal it is; never changes, so branch on it'),
  detail: z.string().optional().describe('What is the matter in this case, for people'),
  errors: z
    .array(
      z.object({
        path: z.string().describe('The field or header, with dots between names'),
        message: z.string().describe('What is wrong with it, for people; never repeats what was sent'),
      }),
    )
    .optional()
    .describe('The fields that are refused'),
  charges: z.array(z.string()).optional().describe('Charges that stand in the way, at most 20 of them'),
  existing: z.string().optional().describe('The id that stands in the way'),
}).meta({ id: 'Problem', description: 'A refusal (RFC 9457), of any status' });
