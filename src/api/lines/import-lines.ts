/** An upload of lines, from its bytes to its report: gathered into batches, each taken in before more is read. */
import { type LineOutcome, takeRunLines } from '../../billing/run/take-lines.ts';
import type { ChargeTerms } from '../../domain/charge/charge-terms.ts';
import { usageAmount } from '../../domain/run/usage.ts';
import { derivedId } from '../../platform/ids.ts';
import type { RunLine, TakingRun } from '../../store/run/run-lines.ts';
import type { AppDependencies } from '../dependencies.ts';
import { canonicalHash, entityIdOf } from '../idempotency.ts';
import { referredId } from '../lookup.ts';
import { ProblemError } from '../problem.ts';
import { termsAsked } from '../routes/new-charge.ts';
import type { ImportReport } from '../schemas/run.ts';
import { type RunLineBody, runLine } from '../schemas/run-line.ts';
import { fieldErrors } from '../validation.ts';
import { createReport } from './import-report.ts';
import type { ReadLine } from './read-lines.ts';

/** Few enough that its statement takes milliseconds, many enough that it is not round trips that cost. */
const LINES_A_BATCH = 500;

type Numbered = { readonly number: number; readonly line: RunLine };

/** Takes in everything that comes, in constant memory: the sender waits while a batch is written. */
export async function importLines(
  deps: AppDependencies,
  run: TakingRun,
  lines: AsyncIterable<ReadLine>,
  caller: string,
): Promise<ImportReport> {
  const report = createReport();
  let batch = new Map<string, Numbered>();
  const flush = async (): Promise<void> => {
    const numbered = [...batch.values()];
    batch = new Map();
    if (numbered.length === 0) return;
    const outcomes = await takeRunLines(
      deps,
      run,
      numbered.map(({ line }) => line),
      caller,
    );
    numbered.forEach(({ number, line }, place) => {
      report.note(number, line, outcomes[place] as LineOutcome);
    });
  };
  for await (const read of lines) {
    const meant = meaningOf(deps, run, read);
    if ('code' in meant) {
      report.refuse({ line: read.line, ...meant });
      continue;
    }
    // A reference that comes twice is looked at when the first of the two is there.
    if (batch.has(meant.id) || batch.size === LINES_A_BATCH) await flush();
    batch.set(meant.id, { number: read.line, line: meant });
  }
  await flush();
  return report.done();
}

type Fault = Omit<ImportReport['errors'][number], 'line'>;

function meaningOf(deps: AppDependencies, run: TakingRun, read: ReadLine): RunLine | Fault {
  if ('fault' in read) return fault(null, read.fault);
  const parsed = runLine.safeParse(read.value);
  if (!parsed.success) {
    const [first] = fieldErrors(parsed.error, '(line)');
    return fault(
      referenceOf(read.value),
      first === undefined ? 'is not valid' : `${first.path} ${first.message}`,
    );
  }
  try {
    return lineOf(deps, run, parsed.data);
  } catch (err) {
    if (!(err instanceof ProblemError)) throw err;
    const [first] = err.body.errors ?? [];
    const message = first === undefined ? err.body.title : `${first.path} ${first.message}`;
    return { reference: parsed.data.reference, code: err.body.code, message };
  }
}

/** A reference that passed nothing is told only where it is short, plain text. */
function referenceOf(value: unknown): string | null {
  const parsed = runLine.shape.reference.safeParse((value as { reference?: unknown } | null)?.reference);
  return parsed.success ? parsed.data : null;
}

function fault(reference: string | null, message: string): Fault {
  return { reference, code: 'invalid_request', message };
}

function lineOf({ instance, config }: AppDependencies, run: TakingRun, body: RunLineBody): RunLine {
  const { customer, customer_reference = null, payment_method, again_of, due_at, usage } = body;
  const { deriveKey } = instance;
  const repeated = again_of === undefined ? null : referredId('chg', 'again_of', again_of);
  const usual: ChargeTerms = { ...config.usualTerms, ...run.terms };
  return {
    id:
      repeated === null
        ? entityIdOf('chg', deriveKey, null, body.reference)
        : derivedId('chg', deriveKey, 'again_of', '', repeated),
    reference: body.reference,
    customer_id: customer === undefined ? null : referredId('cst', 'customer', customer),
    customer_reference,
    payment_method_id:
      payment_method === undefined ? null : referredId('payment_method', 'payment_method', payment_method),
    // Out of a number's range it is above every maximum all the same.
    amount_minor: usage === undefined ? (body.amount ?? 0) : Number(usageAmount(usage)),
    currency: body.currency,
    description: body.description,
    scheduled_for: due_at === undefined ? null : new Date(due_at),
    metadata: body.metadata ?? {},
    terms: termsAsked(body, usual),
    document: body.document ?? null,
    usage: usage ?? null,
    again_of: repeated,
    request_hash: canonicalHash(body),
  };
}
