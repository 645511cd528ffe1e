import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intoJobs, jobId, jobIds, jobOptions, jobPayload } from '../../../src/queue/contracts.ts';
import { kinds } from '../../../src/store/work/obligations.ts';

const offer = fc.record({ id: fc.string({ minLength: 1, maxLength: 60 }), offer_number: fc.nat() });
const offers = fc.array(offer, { minLength: 1, maxLength: 25 });

describe('a job', () => {
  it('carries the ids of its offers and nothing else, there and back', () => {
    fc.assert(
      fc.property(offers, (some) => {
        const payload = jobPayload(some);
        expect(Object.keys(payload).sort()).toEqual(['ids', 'v']);
        expect(jobIds(JSON.parse(JSON.stringify(payload)))).toEqual(some.map((each) => each.id));
      }),
    );
  });

  it('that is not exactly of our making is nobody’s ids', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(jobIds(data)).toBeNull();
      }),
    );
  });

  it('has an id that BullMQ takes: no colon, no integer, and room for no content', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), offers, (kind, some) => {
        expect(jobId(kind, some)).toMatch(/^[a-z_]+-[A-Za-z0-9_-]{22}$/);
      }),
    );
  });

  it('has the same id for the same offers, and another for a new offer or another split', () => {
    const [a, b] = [
      { id: 'chg_a', offer_number: 1 },
      { id: 'chg_b', offer_number: 1 },
    ];
    expect(jobId('charge', [a, b])).toBe(jobId('charge', [{ ...a }, { ...b }]));
    const others = [
      jobId('charge', [a]),
      jobId('charge', [b]),
      jobId('charge', [b, a]),
      jobId('charge', [a, { ...b, offer_number: 2 }]),
      jobId('charge', [{ id: 'chg_a', offer_number: 11 }, b]),
      jobId('setup', [a, b]),
    ];
    expect(new Set([jobId('charge', [a, b]), ...others]).size).toBe(others.length + 1);
  });

  it('comes after what goes first', () => {
    expect(jobOptions('charge-x', false).priority).toBeGreaterThan(0);
    expect(jobOptions('charge-x', true).priority).toBeUndefined();
  });

  it('is tried once, goes when done, keeps no stack and is bounded in size', () => {
    expect(jobOptions('charge-x', false)).toMatchObject({
      attempts: 1,
      removeOnComplete: true,
      stackTraceLimit: 0,
      sizeLimit: 4_096,
    });
    const full = jobPayload(Array.from({ length: 25 }, () => ({ id: 'x'.repeat(100), offer_number: 1 })));
    expect(JSON.stringify(full).length).toBeLessThan(4_096);
  });
});

describe('splitting offers into jobs', () => {
  it('keeps every offer once, in order, and no job above its size', () => {
    fc.assert(
      fc.property(fc.array(offer, { maxLength: 80 }), fc.integer({ min: 1, max: 25 }), (some, size) => {
        const jobs = intoJobs(some, size);
        expect(jobs.flat()).toEqual(some);
        expect(jobs.every((job) => job.length > 0 && job.length <= size)).toBe(true);
      }),
    );
  });
});

describe('queues', () => {
  it('are one a kind, under names that both backends take', () => {
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const kind of kinds) expect(kind).toMatch(/^[a-z_]+$/);
  });
});
