import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EXPLAINED } from '../../../scripts/prove/predicates/explained.ts';
import { findPredicates } from '../../../scripts/prove/predicates/find-predicates.ts';
import { findMutants } from '../../../scripts/prove/predicates/mutants.ts';

const found = (sql: string) =>
  findPredicates(sql).map(({ start, end, neutral }) => `${sql.slice(start, end)} -> ${neutral}`);

test.each([
  ['select a from t where a = 1 and b in (1, 2) order by a', ['a = 1 -> true', 'b in (1, 2) -> true']],
  ['select a from t where a between 1 and 2 and b', ['a between 1 and 2 -> true', 'b -> true']],
  ['select a from t where (a or b) and c', ['a -> false', 'b -> false', '(a or b) -> true', 'c -> true']],
  ['select case when a is distinct from b then 1 end as x', ['a is distinct from b -> false']],
  ["select case a when 'x' then 1 end from t where b", ['b -> true']],
  [
    'insert into t select 1 from s where a on conflict (id) do update set b = 1 where t.c',
    ['a -> true', 't.c -> true'],
  ],
  [
    'update t set a = 1 from s where not exists (select from u where u.id = t.id) returning a',
    ['u.id = t.id -> true', 'not exists (select from u where u.id = t.id) -> true'],
  ],
  ["if old.a <> new.a then raise exception 'and so on'; end if;", ['old.a <> new.a -> false']],
  [
    'create or replace trigger x before insert or update on t when (a) execute function f()',
    ['(a) -> false'],
  ],
  [
    'select a from t join u on u.id = t.id and u.a -- where not\n  left join v on true',
    ['u.id = t.id -> true', 'u.a -> true'],
  ],
])('the predicates of: %s', (sql, expected) => {
  expect(found(sql)).toEqual(expected);
});

test('each predicate of the tree stands where its mutant says, and each explanation is about one', () => {
  const { mutants, statements } = findMutants(fileURLToPath(new URL('../../..', import.meta.url)));
  for (const file of ['src/store/charge/open-attempt.ts', 'src/store/charge/in-flight.ts'])
    expect(mutants.some((mutant) => mutant.file === file)).toBe(true);
  expect(mutants.filter(({ statement }) => statement === 'permit_sendings')).not.toEqual([]);
  expect(statements.every(({ start, end }) => start < end)).toBe(true);
  const known = new Set(mutants.map(({ file, predicate }) => `${file} ${predicate}`));
  expect(EXPLAINED.filter(({ file, predicate }) => !known.has(`${file} ${predicate}`))).toEqual([]);
});
