/** What a start would do: the parts of the preview added up. */
import { SCHEMES } from '../../domain/debit/schemes.ts';
import { compareRuns, type PreviewPart, previewPart } from '../../store/run/run-preview.ts';
import type { Dependencies } from '../dependencies.ts';

const ROWS_A_PART = 2_000;
const EXAMPLES_MAX = 20;

export type Tally = { readonly reason: string; count: number; readonly examples: string[] };
export type Preview = {
  readonly would_charge: readonly { currency: string; type: string; count: number; total: number }[];
  readonly would_skip: readonly Tally[];
  readonly warnings: readonly Tally[];
  readonly going: number;
  readonly previous: Awaited<ReturnType<typeof compareRuns>>;
};

/** Reads the run part by part; how long that takes grows with it, what it holds does not. */
export async function previewRun(deps: Pick<Dependencies, 'sql'>, run_id: string): Promise<Preview> {
  const notice_days = Object.fromEntries(
    Object.values(SCHEMES).map(({ type, notice, lead_bank_days }) => [
      type,
      notice.default_days + lead_bank_days,
    ]),
  );
  const charges = new Map<string, { currency: string; type: string; count: number; total: number }>();
  const skipped = new Map<string, Tally>();
  const warnings = new Map<string, Tally>();
  let going = 0;
  let after: string | null = null;
  do {
    const part: PreviewPart = await previewPart(deps.sql, run_id, after, ROWS_A_PART, notice_days);
    for (const line of part.lines) {
      const { currency, type, count, total } = line;
      if (line.skipped !== null) {
        add(skipped, line.skipped, line);
        continue;
      }
      going += count;
      if (line.warning !== null) add(warnings, line.warning, line);
      const key = `${currency} ${type}`;
      const sum = charges.get(key) ?? { currency, type, count: 0, total: 0 };
      charges.set(key, { ...sum, count: sum.count + count, total: sum.total + total });
    }
    after = part.next;
  } while (after !== null);
  return {
    would_charge: [...charges.values()],
    would_skip: [...skipped.values()],
    warnings: [...warnings.values()],
    going,
    previous: await compareRuns(deps.sql, run_id),
  };
}

function add(
  tallies: Map<string, Tally>,
  reason: string,
  { count, examples }: { readonly count: number; readonly examples: readonly string[] },
): void {
  const tally = tallies.get(reason) ?? { reason, count: 0, examples: [] };
  tally.count += count;
  tally.examples.push(...examples.slice(0, EXAMPLES_MAX - tally.examples.length));
  tallies.set(reason, tally);
}
