/** Nothing that can stand open is without a way out: the kinds are read from the code that writes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  BREAK_VERBS,
  type BreakKind,
  breakKinds,
  MET_KINDS,
  verbsOf,
} from '../../../src/domain/break-kinds.ts';
import { invariants } from '../../../src/domain/reconciliation.ts';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8'));

/** What a statement, a settlement or a park names as the kind of its break. */
const WRITTEN = [
  /insert into breaks \(kind[^)]*\)\s*values \('(\w+)'/g,
  /settle: 'break', kind: '(\w+)'/g,
  /\bpark\(deps, [\w.]+, '(\w+)'/g,
  /const kind = '(\w+)';/g,
];

const written = sources.flatMap((source) =>
  WRITTEN.flatMap((pattern) => [...source.matchAll(pattern)].map(([, kind]) => kind ?? '')),
);

test('every kind that the code writes by name is in the table', () => {
  expect(new Set(written).size).toBeGreaterThan(7);
  expect(written.filter((kind) => !Object.hasOwn(breakKinds, kind))).toEqual([]);
});

test('the table is the rules of reconcile and what is met elsewhere, nothing else', () => {
  expect(Object.keys(breakKinds).sort()).toEqual(
    [...new Set([...Object.keys(invariants), ...MET_KINDS])].sort(),
  );
});

test.each(Object.keys(breakKinds) as BreakKind[])('%s has a way out, and words for it', (kind) => {
  const { means, verbs } = breakKinds[kind];
  expect(means).not.toMatch(/_|\.$/);
  expect(verbs.length).toBeGreaterThan(0);
  expect(verbs.filter((verb) => !BREAK_VERBS.includes(verb))).toEqual([]);
  expect(new Set(verbs).size).toBe(verbs.length);
});

test('money that Stripe took for us is never ended by a word alone', () => {
  const money = ['charged_twice', 'success_of_unbound_payment_intent', 'several_payment_intents'];
  const kinds = [...money, 'success_after_close', 'amount_differs'];
  expect(kinds.filter((kind) => verbsOf(kind).includes('release'))).toEqual([]);
  expect(verbsOf('success_without_charge', 'chg_lost')).toEqual(['claim', 'refund']);
  expect(verbsOf('unbound_payment_intent', 'chg_lost')).toEqual(['claim', 'accept', 'refund']);
  expect(verbsOf('success_without_charge')).toContain('release');
});

test('what an older release wrote under a name of its own can be released', () => {
  expect(verbsOf('toString')).toEqual(['release']);
});
