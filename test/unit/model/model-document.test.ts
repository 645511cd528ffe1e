/** `docs/protocol-model.md` shows what was measured last, and what it says of the rivals is still true. */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { runBatch } from '../../model/batch.ts';
import { documentOf, type Measurements } from '../../model/record.ts';
import { type Rival, rivals } from '../../model/rivals.ts';

const SAMPLE = 2_000;
const DEVIATIONS = 5;

vi.setConfig({ testTimeout: 60_000 });

const measured = JSON.parse(readFileSync('docs/protocol-model.json', 'utf8')) as Measurements;

test('the document shows the record, and the record is free of violations', () => {
  const text = readFileSync('docs/protocol-model.md', 'utf8');

  expect(documentOf(text, measured)).toBe(text);
  for (const { rows } of [measured.schedules, measured.rivals])
    expect(rows[0]).toMatchObject({ name: 'Duecourse', tally: { double: 0, violating: 0 } });
  for (const { tally } of measured.safeguards.rows) expect(tally.violating).toBeGreaterThan(0);
});

describe('a rival still charges twice as often as the document says', () => {
  test.each(Object.keys(rivals) as Rival[])('%s', async (rival) => {
    const { seed, rows } = measured.rivals;
    const recorded = rows.find(({ name }) => name === rival)?.tally ?? { double: 0, schedules: 1 };
    const expected = (SAMPLE * recorded.double) / recorded.schedules;

    const { double } = await runBatch({ first_seed: seed, schedules: SAMPLE, without: null, rival });

    expect(double).toBeGreaterThan(0);
    expect(Math.abs(double - expected)).toBeLessThan(DEVIATIONS * Math.sqrt(expected));
  });
});
