/** The results of a run of the model, in words. */
import { occasions, type Tally } from './batch.ts';

/** In half a million schedules each fault must strike and each actor act this often, or the run proves nothing. */
const OCCASIONS_MIN = 10_000;
const OCCASIONS_PER = 500_000;
const SHOWN_MAX = 20;
const PER = 100_000;

export type Row = { readonly name: string; readonly tally: Tally };

/** Occasions that came too rarely for a run of this length. */
export function rareOccasions({ schedules, counts }: Tally): string[] {
  const enough = Math.floor((schedules * OCCASIONS_MIN) / OCCASIONS_PER);
  return occasions.filter((name) => (counts[name] ?? 0) < Math.max(1, enough));
}

/** Faults and actors with their numbers. */
export function occasionsTable({ counts }: Pick<Tally, 'counts'>): string {
  return table(
    ['fault or act', 'times'],
    occasions.map((name) => [name, String(counts[name] ?? 0)]),
  );
}

/** The rivals' table, in cases per 100,000 schedules. */
export function rivalsTable(rows: readonly Row[]): string {
  const per = (tally: Tally, cases: number) => String(Math.round((cases * PER) / tally.schedules));
  return table(
    ['protocol', 'double-charged', 'contradicts Stripe', 'told two ends', 'not settled'],
    rows.map(({ name, tally }) => [
      name,
      per(tally, tally.double),
      per(tally, tally.contradicts),
      per(tally, tally.told),
      per(tally, tally.unsettled),
    ]),
  );
}

/** What breaks without each safeguard, and where to see it. */
export function safeguardsTable(rows: readonly Row[]): string {
  return table(
    ['without', 'schedules', 'violated', 'double-charged', 'what was violated', 'first seed'],
    rows.map(({ name, tally }) => [
      name,
      String(tally.schedules),
      String(tally.violating),
      String(tally.double),
      violatedNames(tally).slice(0, 4).join(', '),
      String(tally.violations[0]?.seed ?? ''),
    ]),
  );
}

/** Violated promises by name, the most frequent first. */
function violatedNames({ violations }: Tally): string[] {
  const counts = new Map<string, number>();
  for (const { what } of violations)
    for (const name of new Set(what.map((each) => each.split(':')[0] ?? '')))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** The first violating seeds, and how to replay each. */
export function violationsText({ violations, violating }: Tally, flags = ''): string {
  const lines = violations
    .slice(0, SHOWN_MAX)
    .map(
      ({ seed, what }) =>
        `  seed ${seed}: ${what.join('; ')}\n    npm run model -- --seed ${seed} --trace${flags}`,
    );
  const more = violating - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
