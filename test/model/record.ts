/** The latest measurements, as `docs/protocol-model.json` keeps them and `docs/protocol-model.md` shows them. */
import { occasionsTable, type Row, rivalsTable, safeguardsTable } from './report.ts';

export type Circumstances = {
  readonly command: string;
  readonly seed: number;
  /** In each row. */
  readonly schedules: number;
  readonly date: string;
  readonly machine: string;
  readonly seconds: number;
  /** Of all threads together: the wall-clock time on an otherwise idle machine, times its cores. */
  readonly cpu_seconds: number;
};

export type Measured = Circumstances & { readonly rows: readonly Row[] };

/** What is measured, by the flag of the command. */
const parts = {
  schedules: schedulesText,
  rivals: ({ rows }: Measured) => rivalsTable(rows),
  safeguards: ({ rows }: Measured) => safeguardsTable(rows),
} as const;
export type Measurements = Readonly<Record<keyof typeof parts, Measured>>;

/** The document with its measured parts replaced; the rest of the text stays. */
export function documentOf(text: string, measurements: Measurements): string {
  return text.replace(
    /(<!-- measured: (\w+) -->\n)[\s\S]*?(<!-- \/measured -->)/g,
    (_all, begin: string, name: keyof Measurements, end: string) => {
      const measured = measurements[name];
      if (measured === undefined) return `${begin}${end}`;
      return `${begin}${circumstancesText(measured)}\n\n${parts[name](measured)}\n${end}`;
    },
  );
}

function circumstancesText({ command, seed, date, machine, seconds, cpu_seconds }: Circumstances): string {
  return `\`${command}\`, seed ${seed}, ${date}, ${seconds} s (${cpu_seconds} s of CPU) on ${machine}.`;
}

function schedulesText({ rows: [row] }: Measured): string {
  if (row === undefined) throw new RangeError('a run has a row');
  const { schedules, steps, violating } = row.tally;
  return `${schedules} schedules, ${steps} steps: **${violating} violations**.\n\n${occasionsTable(row.tally)}`;
}
