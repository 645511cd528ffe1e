/** Tables of the document for parts whose figures are no plain rates. */
import { type Figures, figureAt } from './figures.ts';

type Parts = Readonly<Record<string, Figures>>;

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** How late an endpoint that answers at once is told, alone and beside a slow one. */
export function lagTable(parts: Parts): string {
  const worlds = { endpoints_quick: 'alone', endpoints_beside_slow: 'beside one that takes ten seconds' };
  const rows = rowsFor(parts, worlds, ['lag.p50_ms', 'lag.p99_ms']);
  return rows.length === 0
    ? 'Endpoints were not measured.'
    : table(['the quick endpoint', 'lag p50 in ms', 'lag p99 in ms'], rows);
}

/** What a run makes of its allowance. */
export function paceTable(parts: Parts): string {
  const worlds = { run_pace_1: 'one worker', run_pace_4: 'four workers' };
  const rows = rowsFor(parts, worlds, ['charges', 'share_used', 'share_of_confirms', 'share_429']);
  return rows.length === 0
    ? 'The pace of a run was not measured.'
    : table(['a run', 'charges', 'of the allowed rate', 'between first and last confirm', '429'], rows);
}

/** What the API holds while lines come in. */
export function importTable(parts: Parts): string {
  const { import: once, import_memory: grown } = parts;
  const found = [once, ...(['small', 'large'] as const).map((size) => grown?.[size])].flatMap((figures) => {
    const [lines, most_mb] = ['lines', 'most_mb'].map((name) =>
      figureAt(figures as Figures | undefined, name),
    );
    return lines == null ? [] : [[lines, most_mb ?? '?']];
  });
  return found.length === 0 ? 'Imports were not measured.' : table(['lines', 'the API held, in MB'], found);
}

function rowsFor(
  parts: Parts,
  worlds: Readonly<Record<string, string>>,
  paths: readonly string[],
): (string | number)[][] {
  return Object.entries(worlds).flatMap(([name, title]) => {
    const figures = parts[name];
    return figures === undefined ? [] : [[title, ...paths.map((path) => figureAt(figures, path) ?? '?')]];
  });
}
