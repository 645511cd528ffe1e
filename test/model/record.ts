/** What was measured last, as `docs/protocol-model.json` keeps it and `docs/protocol-model.md` shows it. */
import { occasionsTable, type Row, rivalsTable, safeguardsTable } from './report.ts';

export type Circumstances = {
  readonly command: string;
  readonly seed: number;
  /** Of each row. */
  readonly schedules: number;
  readonly date: string;
  readonly machine: string;
  readonly seconds: number;
  /** Of all threads together: what the wall clock would say of a machine with nothing else to do, times its cores. */
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

/** The document with its measured parts renewed; the rest of the text is left alone. */
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
