/** What a run of the model says, in words. */
import { occasions, type Tally } from './batch.ts';

/** In half a million schedules each fault strikes and everybody acts this often, or the run proves nothing. */
const OCCASIONS_MIN = 10_000;
const OCCASIONS_PER = 500_000;
const SHOWN_MAX = 20;
const PER = 100_000;

export type Row = { readonly name: string; readonly tally: Tally };

/** Occasions that came too seldom for a run of this length. */
export function rareOccasions({ schedules, counts }: Tally): string[] {
  const enough = Math.floor((schedules * OCCASIONS_MIN) / OCCASIONS_PER);
  return occasions.filter((name) => (counts[name] ?? 0) < Math.max(1, enough));
}

/** Faults and actors with their numbers, three to a line. */
export function occasionsText({ counts }: Tally): string {
  const cells = occasions.map((name) => `${name} ${counts[name] ?? 0}`.padEnd(34));
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += 3)
    lines.push(
      `  ${cells
        .slice(at, at + 3)
        .join('')
        .trimEnd()}`,
    );
  return lines.join('\n');
}

/** The rivals' table, in cases for each 100,000 schedules. */
export function protocolTable(rows: readonly Row[]): string {
  const per = (tally: Tally, cases: number) => String(Math.round((cases * PER) / tally.schedules));
  const head = [
    'protocol',
    'double-charged',
    'contradicts Stripe',
    'told two ends',
    'not settled',
    'schedules',
  ];
  const body = rows.map(({ name, tally }) => [
    name,
    per(tally, tally.double),
    per(tally, tally.contradicts),
    per(tally, tally.told),
    per(tally, tally.unsettled),
    String(tally.schedules),
  ]);
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return `Per 100,000 schedules:\n${lines.join('\n')}`;
}

/** Every violating seed, and how to see it again. */
export function violationsText({ violations }: Tally): string {
  const lines = violations
    .slice(0, SHOWN_MAX)
    .map(
      ({ seed, what }) => `  seed ${seed}: ${what.join('; ')}\n    npm run model -- --seed ${seed} --trace`,
    );
  const rest = violations.slice(SHOWN_MAX).map(({ seed }) => seed);
  return [...lines, ...(rest.length === 0 ? [] : [`  and seeds ${rest.join(' ')}`])].join('\n');
}
