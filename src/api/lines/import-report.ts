/** What became of the lines of an upload, as it is told: everything counted, the first reasons kept. */
import type { LineOutcome } from '../../billing/run/take-lines.ts';
import type { RunLine } from '../../store/run/run-lines.ts';
import { refusalOf } from '../routes/new-charge.ts';
import type { ImportReport } from '../schemas/run.ts';

const ERRORS_MAX = 500;

export function createReport() {
  const errors: ImportReport['errors'] = [];
  const counts = { accepted: 0, replayed: 0, refused: 0 };
  function refuse(error: ImportReport['errors'][number]): void {
    counts.refused += 1;
    if (errors.length < ERRORS_MAX) errors.push(error);
  }
  function note(number: number, { reference, currency }: RunLine, outcome: LineOutcome): void {
    if (outcome.outcome !== 'refused') {
      counts[outcome.outcome] += 1;
      return;
    }
    const [path, message, code] = refusalOf(outcome.refusal, currency);
    refuse({ line: number, reference, code, message: `${path} ${message}` });
  }
  const done = (): ImportReport => ({ ...counts, errors, errors_left_out: counts.refused - errors.length });
  return { refuse, note, done };
}
