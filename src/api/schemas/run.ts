import { z } from 'zod';
import { recoveryTerms } from './charge.ts';
import { pageQuery } from './list.ts';
import { line, metadata, searched, shownMetadata } from './text.ts';
import { pastOrFuture, timestamp } from './time.ts';
import { shownUsage } from './usage.ts';

const currency = z.string().regex(/^[a-z]{3}$/, { error: 'must be a lower-case ISO 4217 code' });
const SHARE = 'must be a decimal in quotes, such as "0.3", above 0 and up to 1';
const share = z.string({ error: SHARE }).regex(/^(?:0\.(?!0+$)\d{1,4}|1)$/, { error: SHARE });
const AMOUNT = "In the currency's minor unit";

export const newRun = z
  .strictObject({
    name: line(200).describe(
      'The same for every run of a kind: a preview compares it with the last of its name',
    ),
    reference: line(200).optional().describe('Your own id of this run'),
    hold: z.boolean().optional().meta({
      description:
        'A group of pledges: lines come in after the start too, and nothing is charged before `decide`',
    }),
    goal: z
      .strictObject({
        amount: z.int().min(1).describe(AMOUNT),
        currency: currency.describe('Pledges in another currency do not count'),
        by: pastOrFuture.describe('Its day'),
        on_miss: z
          .enum(['wait', 'cancel'])
          .optional()
          .describe('What a missed goal does. wait (default): the run is paused. cancel: nobody is charged'),
      })
      .optional()
      .describe('Of a run with `hold`: what the pledges have to come to'),
    pace_per_s: z.int().min(1).max(1_000).optional().meta({
      description: 'How many charges may come due in a second; without it, as fast as the account allows',
    }),
    stop_loss: z
      .strictObject({
        share: share.describe('At least this share of them, as text: numbers are integers here'),
        of_last: z.int().min(1).max(1_000).describe('How many are looked at; fewer say nothing'),
      })
      .optional()
      .meta({
        description:
          'Pauses the run when too many of the last charges that were tried failed or were declined. A bank that asks for its customer has not declined',
      }),
    recovery: recoveryTerms.partial().optional().describe('Of lines that rule nothing themselves'),
    metadata: metadata.optional(),
  })
  .meta({ id: 'NewRun', description: 'A set of charges with one life' });
export type NewRunBody = z.output<typeof newRun>;

const RUN_STATUSES = ['draft', 'running', 'paused', 'completed', 'canceled'] as const;

const sums = z.object({
  currency: z.string().describe('Lower-case ISO 4217 code'),
  total: z.int().describe('Everything that is not canceled'),
  succeeded: z.int().describe('What was received'),
  refunded: z.int().describe('What of it has gone back, or is on its way'),
  failed: z.int().describe('What came to nothing'),
  open: z.int().describe('What has not ended'),
});

export const run = z
  .object({
    id: z.string().describe('Begins with `run_`'),
    object: z.literal('run').describe('What this is'),
    name: z.string().describe('The same for every run of a kind'),
    reference: z.string().nullable().describe('Your own id of this run'),
    status: z.enum(RUN_STATUSES).describe('canceled: what was not paid is closed, or being closed'),
    paused_reason: z.enum(['requested', 'goal_missed', 'stop_loss']).nullable().describe('Why it is paused'),
    hold: z.boolean().describe('Whether nothing is charged before a decision'),
    goal: z
      .object({
        amount: z.int().describe(AMOUNT),
        currency: z.string().describe('Pledges in another currency do not count'),
        by: timestamp.describe('Its day'),
        on_miss: z.enum(['wait', 'cancel']).describe('What a missed goal does'),
        pledged: z.int().describe('What open pledges come to'),
        reached: z.boolean().describe('Whether that is enough'),
      })
      .nullable()
      .describe('What the pledges have to come to'),
    decision: z
      .object({
        decision: z.enum(['release', 'cancel']).describe('What was decided'),
        decided_at: timestamp.describe('When it was taken'),
      })
      .nullable()
      .describe('What a group with `hold` was decided to become; it stands'),
    pace_per_s: z.int().nullable().describe('How many charges may come due in a second'),
    stop_loss: z
      .object({
        share: z.string().describe('At least this share of them, such as 0.3'),
        of_last: z.int().describe('How many are looked at'),
      })
      .nullable()
      .describe('How many of its last charges may fail before it is paused'),
    again_of: z.string().nullable().describe('The run whose failed charges it makes again'),
    counts: z.record(z.string(), z.int()).describe('How many of its charges have which status'),
    sums: z.array(sums).describe('By currency, computed from the charges'),
    expected_end_at: timestamp.nullable().meta({
      description:
        'When the last of its charges will have been tried, at its pace; null where that is not known',
    }),
    version: z.int().describe('Grows with each change: of two copies, the greater is newer'),
    metadata: shownMetadata,
    created_at: timestamp.describe('When it was made'),
    started_at: timestamp.nullable().describe('When it was started'),
    completed_at: timestamp.nullable().describe('When the last of its charges had ended'),
  })
  .meta({ id: 'Run', description: 'A set of charges with one life' });
export type RunView = z.output<typeof run>;

export const runListQuery = z.strictObject({
  ...pageQuery,
  name: searched(200).optional().describe('Only runs of this name'),
  reference: searched(200).optional().describe('Only that of this reference'),
});

const lineError = z.object({
  line: z.int().describe('Where in the upload, from 1'),
  reference: z.string().nullable().describe('That of the line, where it has one'),
  code: z.string().describe('As in a refusal of `POST /v1/charges`'),
  message: z.string().describe('The field, and what is wrong with it'),
});

const importFields = {
  accepted: z.int().describe('Lines that are charges now'),
  replayed: z.int().describe('Lines that were there already, with the same content'),
  refused: z.int().describe('Lines of which nothing was written'),
  errors: z.array(lineError).describe('Why, for the first 500'),
  errors_left_out: z.int().describe('How many more there were'),
};

export const importReport = z
  .object(importFields)
  .meta({ id: 'ImportReport', description: 'What became of the lines of an upload' });
export type ImportReport = z.output<typeof importReport>;

export const runAgain = run
  .extend({ import: z.object(importFields).describe('What became of the failed charges') })
  .meta({ id: 'RunAgain', description: 'A new draft of the charges that failed' });

export const runStart = z
  .strictObject({
    expect: z
      .strictObject({
        count: z.int().min(0).optional().describe('How many charges it has, without canceled ones'),
        sums: z
          .array(
            z.strictObject({
              currency: currency.describe('Lower-case ISO 4217 code'),
              total: z.int().min(0).describe(AMOUNT),
            }),
          )
          .optional()
          .describe('What they come to, by currency'),
      })
      .optional()
      .describe('What you have seen in the preview: the start is refused if it has changed since'),
  })
  .nullish()
  .meta({ id: 'RunStart', description: 'What the run is expected to be' });

export const runDecision = z
  .strictObject({
    decision: z
      .enum(['release', 'extend', 'cancel'])
      .describe('release: charge the pledges. extend: move the day. cancel: charge nobody'),
    by: pastOrFuture.optional().describe('Of `extend`: the new day'),
  })
  .refine(({ decision, by }) => (decision === 'extend') === (by !== undefined), {
    path: ['by'],
    error: 'belongs to extend, and only to extend',
  })
  .meta({ id: 'RunDecision', description: 'What becomes of the group' });

const counted = z.object({
  currency: z.string().describe('Lower-case ISO 4217 code'),
  type: z.string().describe('Of the payment method, such as card'),
  count: z.int().describe('How many charges'),
  total: z.int().describe(AMOUNT),
});

const skipped = z.object({
  reason: z.string().describe('Why nothing would be taken, such as `card_closed` or `consent_missing`'),
  count: z.int().describe('How many charges'),
  references: z.array(z.string()).describe('Of the first 20'),
});

const compared = z.object({
  count: z.int().describe('How many customers'),
  customers: z.array(z.string()).describe('The first 20'),
});

export const runPreview = z
  .object({
    count: z.int().describe('All charges but canceled ones: what `expect` compares'),
    sums: z
      .array(
        z.object({
          currency: z.string().describe('Lower-case ISO 4217 code'),
          total: z.int().describe(AMOUNT),
        }),
      )
      .describe('The same, by currency'),
    would_charge: z.array(counted).describe('By currency and type of method'),
    would_skip: z.array(skipped).describe('What would not be charged by itself, and why'),
    warnings: z.array(skipped).meta({
      description:
        '`set_up_on_session`: its bank will probably ask. `notice_late`: a debit that comes after its day',
    }),
    duration_s: z.number().describe('How long it takes at its pace, at least'),
    previous: z
      .object({
        id: z.string().describe('The last run of the same name'),
        new: compared.describe('Customers who were not in it'),
        gone: compared.describe('Customers of it who are not in this one'),
        more_than_twice: compared.describe('Customers whose amount has more than doubled'),
      })
      .nullable()
      .describe('Beside the last run of the same name; null for the first'),
  })
  .meta({ id: 'RunPreview', description: 'What a start would do; nothing is written' });
export type RunPreview = z.output<typeof runPreview>;

export const reportQuery = z.strictObject({
  format: z.enum(['csv', 'json']).default('json').describe('How it is written'),
});

export const runReport = z
  .object({
    run,
    data: z
      .array(
        z.object({
          charge: z.string().describe('Its id'),
          reference: z.string().nullable().describe('Your own id of it'),
          customer: z.string().describe('Who was charged'),
          customer_reference: z.string().nullable().describe('Your own id of them'),
          status: z.string().describe('Where the charge stands'),
          detail: z.string().nullable().describe('One word more about the status'),
          currency: z.string().describe('Lower-case ISO 4217 code'),
          amount: z.int().describe('What was asked for'),
          received: z.int().describe('What was received'),
          refunded: z.int().describe('What of it has gone back, or is on its way'),
          net: z.int().describe('What was received and has not gone back'),
          last_error: z.string().nullable().describe('Why the newest attempt failed'),
          settled_at: timestamp.nullable().describe('When it came to its end'),
          usage: shownUsage,
        }),
      )
      .describe('Every line, oldest first'),
  })
  .meta({ id: 'RunReport', description: 'A run line by line, in net money' });
