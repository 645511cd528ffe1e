import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/stripe/answer.ts';
import { everyPage, type Page, projectPage } from '../../../src/stripe/pages.ts';

const trace = { request_id: 'req_1', replayed: false };
const idOf = (item: unknown) => (item as { id?: string }).id ?? null;

function pagesOf(...pages: Page<string>[]) {
  const asked: (string | null)[] = [];
  const fetchPage = (starting_after: string | null): Promise<Answer<Page<string>>> => {
    asked.push(starting_after);
    const value = pages[asked.length - 1];
    const limited = { kind: 'not_executed', reason: 'rate_limited', status: 429, ...trace } as const;
    return Promise.resolve(value === undefined ? limited : { kind: 'ok', value, ...trace });
  };
  return { asked, fetchPage };
}

describe('a list', () => {
  it('tells where its next page starts, and that the last one has none', () => {
    const list = { object: 'list', data: [{ id: 'a' }, { id: 'b' }] };
    expect(projectPage({ ...list, has_more: true }, idOf)).toEqual({ data: ['a', 'b'], next: 'b' });
    expect(projectPage({ ...list, has_more: false }, idOf)).toEqual({ data: ['a', 'b'], next: null });
    expect(projectPage({ ...list, data: [] }, idOf)).toEqual({ data: [], next: null });
  });

  it('with an item that cannot be read is no list', () => {
    expect(projectPage({ object: 'list', data: [{ id: 'a' }, {}] }, idOf)).toBeNull();
    expect(projectPage({ object: 'list', data: 'a' }, idOf)).toBeNull();
    expect(projectPage({ data: [] }, idOf)).toBeNull();
  });
});

describe('everyPage', () => {
  it('asks for each page after the last id of the one before', async () => {
    const { asked, fetchPage } = pagesOf({ data: ['a', 'b'], next: 'b' }, { data: ['c'], next: null });
    await expect(everyPage(fetchPage)).resolves.toEqual({ kind: 'ok', value: ['a', 'b', 'c'], ...trace });
    expect(asked).toEqual([null, 'b']);
  });

  it('answers half a list with nothing of it', async () => {
    const { fetchPage } = pagesOf({ data: ['a'], next: 'a' });
    await expect(everyPage(fetchPage)).resolves.toMatchObject({
      kind: 'not_executed',
      reason: 'rate_limited',
    });
  });

  it('does not go on for ever', async () => {
    const { fetchPage } = pagesOf({ data: ['a'], next: 'a' }, { data: ['a'], next: 'a' });
    await expect(everyPage(fetchPage, 2)).rejects.toThrow(RangeError);
  });
});
