/** Lines of a run become charges: many in one statement, and by itself each about which there is something to say. */
import { checkAmount } from '../../domain/money.ts';
import type { NewCharge } from '../../store/charge/charge-intake.ts';
import { insertCharge } from '../../store/charge/charge-intake.ts';
import {
  findCustomer,
  type RunLine,
  readLine,
  readTakingRun,
  type TakingRun,
  takeLines,
} from '../../store/run/run-lines.ts';
import type { RequestedCharge } from '../charge/request-charge.ts';
import type { Dependencies } from '../dependencies.ts';

type Refused = Extract<RequestedCharge, { outcome: 'refused' }>;

export type LineOutcome =
  | { readonly outcome: 'accepted' | 'replayed' }
  | { readonly outcome: 'refused'; readonly refusal: Refused['refusal'] };

/** Lines that go alone are taken in so many at a time. */
const ALONE_AT_ONCE = 4;

/** Takes in lines of distinct references. Sent again, they are found as they are: nothing is taken in twice. */
export async function takeRunLines(
  deps: Dependencies,
  run: TakingRun,
  lines: readonly RunLine[],
  caller: string,
): Promise<LineOutcome[]> {
  const outcomes = new Map<RunLine, LineOutcome>();
  let alone = lines.filter((line) => checkAmount(line.amount_minor, line.currency) === 'ok');
  // Once more, because what the first pass met being written by somebody else is there now.
  for (let pass = 0; pass < 2 && alone.length > (pass === 0 ? 0 : ALONE_AT_ONCE); pass += 1)
    alone = await takeTogether(deps, run, alone, outcomes, caller);
  if (alone.length > ALONE_AT_ONCE && (await readTakingRun(deps.sql, run.id))?.takes !== true) {
    for (const line of alone) outcomes.set(line, { outcome: 'refused', refusal: 'run_closed' });
    alone = [];
  }
  for (let at = 0; at < alone.length; at += ALONE_AT_ONCE) {
    const some = alone.slice(at, at + ALONE_AT_ONCE);
    await Promise.all(some.map(async (line) => outcomes.set(line, await takeAlone(deps, run, line, caller))));
  }
  return lines.map((line) => outcomes.get(line) ?? badAmount(line));
}

/** Those that are left go alone. */
async function takeTogether(
  deps: Dependencies,
  run: TakingRun,
  lines: readonly RunLine[],
  outcomes: Map<RunLine, LineOutcome>,
  caller: string,
): Promise<RunLine[]> {
  const taken = await takeLines(deps.sql, { ...run, debit_limits: deps.timings.debitLimits }, lines, caller);
  return lines.filter((line, place) => {
    const said = taken[place];
    if (said === 'accepted' || said === 'replayed') outcomes.set(line, { outcome: said });
    else if (said === 'differs') outcomes.set(line, taken_otherwise);
    return !outcomes.has(line);
  });
}

const taken_otherwise = { outcome: 'refused', refusal: 'reference_taken' } as const;

function badAmount({ amount_minor, currency }: RunLine): LineOutcome {
  const check = checkAmount(amount_minor, currency);
  return check === 'ok' ? taken_otherwise : { outcome: 'refused', refusal: check };
}

async function takeAlone(
  deps: Dependencies,
  run: TakingRun,
  line: RunLine,
  caller: string,
): Promise<LineOutcome> {
  const customer_id =
    line.customer_id ??
    (line.customer_reference === null ? null : await findCustomer(deps.sql, line.customer_reference));
  if (customer_id === null) return { outcome: 'refused', refusal: 'customer_unknown' };
  const charge: NewCharge = {
    id: line.id,
    customer_id,
    payment_method_id: line.payment_method_id,
    amount_minor: line.amount_minor,
    currency: line.currency,
    livemode: run.livemode,
    description: line.description,
    reference: line.reference,
    again_of: line.again_of,
    scheduled_for: line.scheduled_for,
    metadata: line.metadata,
    terms: line.terms,
    document: line.document,
    debit_limits: deps.timings.debitLimits,
    line: { run_id: run.id, usage: line.usage, request_hash: line.request_hash },
  };
  const taken = await insertCharge(deps.sql, charge, null, caller);
  if (taken.outcome === 'created') return { outcome: 'accepted' };
  const refusal = taken.outcome === 'refused' ? taken.refusal : 'reference_taken';
  // Sent twice at once, or by hand beside us: what is there decides.
  const known = await readLine(deps.sql, run.id, line);
  return known === 'replayed' ? { outcome: 'replayed' } : { outcome: 'refused', refusal };
}
