import { describe, expect, test } from 'vitest';
import { readLines } from '../../../src/api/lines/read-lines.ts';
import { LINE_CHARS_MAX } from '../../../src/api/lines/text-lines.ts';

/** The text in pieces of this many bytes, as a network brings it. */
async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(type: 'application/x-ndjson' | 'text/csv', text: string, size = 7) {
  const lines = [];
  for await (const line of readLines(type, pieces(text, size))) lines.push(line);
  return lines;
}

describe('lines of NDJSON', () => {
  test.each([1, 2, 7, 1_000])('are the same in pieces of %i bytes', async (size) => {
    expect(await read('application/x-ndjson', '{"a":"é€"}\r\n\n{"b":1}\n{"c":', size)).toEqual([
      { line: 1, value: { a: 'é€' } },
      { line: 3, value: { b: 1 } },
      { line: 4, fault: 'must be JSON' },
    ]);
  });

  test('keep numbers that a float would not hold as they were written', async () => {
    const text = '{"quantity":1204.10,"big":12345678901234567890,"amount":1e2,"s":"1.50"}';
    expect(await read('application/x-ndjson', text)).toEqual([
      { line: 1, value: { quantity: '1204.10', big: '12345678901234567890', amount: '1e2', s: '1.50' } },
    ]);
  });

  test('that are too long are named, and the next one is read', async () => {
    const text = `${'x'.repeat(3 * LINE_CHARS_MAX)}\n{"a":1}\n`;
    expect(await read('application/x-ndjson', text, 4_096)).toEqual([
      { line: 1, fault: 'is too long' },
      { line: 2, value: { a: 1 } },
    ]);
  });

  test('that name a field twice are refused', async () => {
    expect(await read('application/x-ndjson', '{"a":1,"a":2}')).toEqual([
      { line: 1, fault: 'must not name a field twice' },
    ]);
  });

  test('that are no UTF-8 end the upload', async () => {
    const lines = readLines(
      'application/x-ndjson',
      (async function* () {
        yield Buffer.from([0x7b, 0xff, 0x7d]);
      })(),
    );
    await expect(lines.next()).rejects.toMatchObject({ body: { errors: [{ message: 'must be UTF-8' }] } });
  });
});

describe('records of CSV', () => {
  test.each([1, 3, 1_000])(
    'may have commas, quotes and line ends in quotes, in pieces of %i bytes',
    async (size) => {
      const text =
        '\ufeffreference,amount,metadata[m]\r\n"a,1",100,\r\n"say ""b""",200,"two\nlines"\n\nc,x\n"d"x,1,2\n"e';
      expect(await read('text/csv', text, size)).toEqual([
        { line: 2, value: { reference: 'a,1', amount: 100 } },
        { line: 3, value: { reference: 'say "b"', amount: 200, metadata: { m: 'two\nlines' } } },
        { line: 6, fault: 'must have 3 fields' },
        { line: 7, fault: 'is too long, or has a quote out of place' },
        { line: 8, fault: 'is too long, or has a quote out of place' },
      ]);
    },
  );

  test('need a row of names with a reference among them', async () => {
    await expect(read('text/csv', 'a,b\n1,2')).rejects.toMatchObject({
      body: { errors: [{ message: 'must have a column named reference' }] },
    });
  });
});
