import { expect, test } from 'vitest';
import { EVENT_TYPES, event, isEventFilter } from '../../../src/api/schemas/event.ts';
import { type Machine, machines } from '../../../src/domain/machines.ts';

const known: readonly string[] = Object.values(EVENT_TYPES).flat();

test('whatever a machine tells of is a type that the API knows', () => {
  const told = Object.values<Machine>(machines).flatMap(({ born, told }) => [
    ...(born === undefined ? [] : [born]),
    ...Object.values(told ?? {}),
  ]);
  expect([...new Set(told)].filter((type) => !known.includes(type))).toEqual([]);
});

test('a filter is everything, one type, or the beginning of some', () => {
  expect(known.filter((type) => !isEventFilter(type))).toEqual([]);
  expect(['*', 'charge.*', 'recovery.*', 'customer.*'].filter((filter) => !isEventFilter(filter))).toEqual(
    [],
  );
  const none = ['', '*.*', 'charge', 'charge.', 'char*', 'charge.exploded', 'payout.*', 'charge.*.*', '.*'];
  expect(none.filter(isEventFilter)).toEqual([]);
});

test('an event of one type carries one kind of object', () => {
  expect(new Set(known).size).toBe(known.length);
  expect(event.safeParse({ type: 'payout.paid' }).success).toBe(false);
});
