import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EXPLAINED } from '../../../scripts/prove/predicates/explained.ts';
import { findPredicates } from '../../../scripts/prove/predicates/find-predicates.ts';
import { findMutants } from '../../../scripts/prove/predicates/mutants.ts';
import { breakingSql, countingSql, functionOf } from '../../../scripts/prove/predicates/switch-database.ts';
import { switchSource } from '../../../scripts/prove/predicates/switch-source.ts';

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
  ['grant select, insert on t to r; select a from t where b', ['b -> true']],
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

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

test('a switched source makes each statement as it was, or with the predicate of the mutant that the environment names', () => {
  const inner = 'sql`b where c`';
  const outer = `sql\`a where $\{${inner}} and d\``;
  const source = `const made = () => ${outer};`;
  const at = (part: string) => ({
    start: source.lastIndexOf(part),
    end: source.lastIndexOf(part) + part.length,
  });
  const mutant = (part: string, statement: number) => ({
    ...{ file: 'f.ts', line: 1, predicate: part, replace: 'true', statement },
    ...at(part),
  });
  const switched = switchSource(source, 'f.ts', {
    mutants: [mutant('d', 0), mutant('c', 1)],
    statements: [
      { file: 'f.ts', number: 0, ...at(outer) },
      { file: 'f.ts', number: 1, ...at(inner) },
    ],
    definitions: new Map(),
  });
  const reached: number[] = [];
  const play = new Function('sql', 'process', 'globalThis', `${stripTypes(switched)} return made();`);
  const made = (chosen?: string) =>
    play(String.raw, { env: { DUECOURSE_MUTANT: chosen } }, { reached: (one: number) => reached.push(one) });

  expect([made(), made('0'), made('1')]).toEqual([
    'a where b where c and d',
    'a where b where c and true',
    'a where b where true and d',
  ]);
  expect(reached).toEqual([0, 1, 0, 0, 1]);
});

/** The one type that switching writes. */
function stripTypes(source: string): string {
  return source.replaceAll('(globalThis as any)', 'globalThis');
}

test('a broken trigger is put in the place of the one in force; each function counts its calls', () => {
  const found = findMutants(ROOT);
  const trigger = found.mutants.find(({ statement }) => statement === 'charges_guard_money');
  const whole = trigger && breakingSql(found, trigger);

  expect(whole).toMatch(/^drop trigger if exists charges_guard_money on charges; /);
  expect(functionOf(found, 'charges_guard_money')).toBe('guard_charge');
  for (const name of ['guard_charge', 'payable_now', 'permit_sendings'])
    expect(countingSql(found)).toContain(`nextval('reached_${name}')`);
});
