import { describe, expect, test } from 'vitest';
import { createPlaces, type Place } from '../../../src/api/admission/places.ts';
import { createStrangers } from '../../../src/api/admission/strangers.ts';

const ALL = 8;

function rooms(share = 1) {
  const shed: string[] = [];
  const places = createPlaces(
    () => share,
    (room) => shed.push(room),
    { api: ALL, stripe: 2, webhooks: ALL, waiting: 1 },
  );
  const take = (count: number, key: string): (Place | null)[] =>
    Array.from({ length: count }, () => places.enter('api', key));
  return { places, shed, take, taken: (given: (Place | null)[]) => given.filter((each) => each !== null) };
}

describe('the places of a room', () => {
  test('are all for a key that calls alone, and one more is turned away and counted', () => {
    const { take, taken, shed, places } = rooms();

    expect(taken(take(ALL + 1, 'key_one'))).toHaveLength(ALL);
    expect(shed).toEqual(['api']);
    expect(places.isOpen('api', 'key_one')).toBe(false);
    expect(places.isOpen('webhooks')).toBe(true);
  });

  test('are shared by the keys that call: one that joins finds its share, however full the others are', () => {
    const { take, taken } = rooms();
    const first = taken(take(ALL, 'key_one'));

    expect(taken(take(ALL, 'key_two'))).toHaveLength(ALL / 2);
    for (const place of first.slice(ALL / 4)) place.leave();
    // Two of eight are left to it; its share is four, and it is told so once a quarter of that is free.
    expect(taken(take(ALL, 'key_one'))).toHaveLength(ALL / 4);
  });

  test('open again when a quarter of them is free, and not before', () => {
    const { take, taken, places } = rooms();
    const [one, other] = taken(take(ALL, 'key_one'));
    expect(places.isOpen('api', 'key_one')).toBe(false);

    one?.leave();
    one?.leave();
    expect(places.isOpen('api', 'key_one')).toBe(false);
    other?.leave();
    expect(places.isOpen('api', 'key_one')).toBe(true);
  });

  test('are fewer for merchants while turns are late, and never none', () => {
    const { take, taken, places } = rooms(0.04);

    expect(taken(take(ALL, 'key_one'))).toHaveLength(1);
    expect(taken(take(ALL, 'key_two'))).toHaveLength(1);
    expect(Array.from({ length: ALL }, () => places.enter('webhooks'))).not.toContain(null);
  });

  test('are left for those of another room, or kept where that one is full', () => {
    const { places } = rooms();
    const [one, other] = [places.enter('api', 'key_one'), places.enter('api', 'key_one')];

    one?.moveTo('waiting');
    expect(() => other?.moveTo('waiting')).toThrow('overloaded');
    const rest = Array.from({ length: ALL }, () => places.enter('api', 'key_one'));
    expect(rest.filter((each) => each !== null)).toHaveLength(ALL - 1);
  });
});

describe('strangers', () => {
  const line = (share = 1) => {
    const shed: string[] = [];
    const strangers = createStrangers(
      () => share,
      () => void shed.push('strangers'),
      { atOnce: 2, inLine: 3 },
    );
    return { strangers, shed };
  };

  test('are looked up a few at a time, stand in line in their order, and are turned away beyond that', async () => {
    const { strangers, shed } = line();
    const order: number[] = [];
    const all = Array.from({ length: 6 }, async (_, index) => {
      const place = await strangers.enter();
      if (place !== null) order.push(index);
      return place;
    });
    expect(await all[5]).toBeNull();
    expect(shed).toEqual(['strangers']);

    const [first, second] = await Promise.all([all[0], all[1]]);
    expect(order).toEqual([0, 1]);
    first?.leave();
    first?.leave();
    (await all[2])?.leave();
    second?.leave();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  test('find no line while turns are late', async () => {
    const { strangers } = line(0.04);
    await Promise.all([strangers.enter(), strangers.enter()]);
    const third = strangers.enter();

    expect(await strangers.enter()).toBeNull();
    expect(await Promise.race([third, 'waits'])).toBe('waits');
  });
});
