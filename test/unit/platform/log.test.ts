import { expect, test } from 'vitest';
import { AppError } from '../../../src/platform/errors.ts';
import { createLog, type LogFields } from '../../../src/platform/log.ts';

function capture(write: (log: ReturnType<typeof createLog>) => void): {
  text: string;
  line: Record<string, unknown>;
} {
  let text = '';
  write(createLog({ level: 'info', role: 'test', destination: { write: (line) => (text += line) } }));
  return { text, line: text ? JSON.parse(text) : {} };
}

test('a line carries its event, its role and the fields of its parents', () => {
  const { line } = capture((log) =>
    log.child({ chargeId: 'chg_1' }).info({ event: 'charge.settled', attemptNumber: 2 }),
  );

  expect(line).toMatchObject({ role: 'test', event: 'charge.settled', chargeId: 'chg_1', attemptNumber: 2 });
});

test('a field outside the vocabulary does not compile, and is dropped when it comes all the same', () => {
  // @ts-expect-error `email` is not part of the vocabulary
  const fields: LogFields = { event: 'message.sent', email: 'canary@example.com' };
  const { text } = capture((log) => log.info(fields));

  expect(text).toContain('message.sent');
  expect(text).not.toContain('canary');
});

test('an object smuggled into a known field is dropped', () => {
  const { text } = capture((log) =>
    log.info({ event: 'job.done', code: { secret: 'canary' } as unknown as string }),
  );

  expect(text).not.toContain('canary');
});

test('an error keeps its type, code and SQLSTATE but no message of others, down the causes', () => {
  const driver = Object.assign(new Error('duplicate key (email)=(canary@example.com)'), { code: '23505' });
  const failed = new Error('insert failed, params: canary', { cause: driver });
  const { text, line } = capture((log) =>
    log.error({ event: 'charge.parked', err: new AppError('store_failed', { cause: failed }) }),
  );

  expect(line.err).toMatchObject({
    type: 'AppError',
    code: 'store_failed',
    message: 'store failed',
    cause: { type: 'Error', cause: { code: '23505' } },
  });
  expect(text).not.toContain('canary');
});

test.each([
  ['a string with a canary'],
  [{ canary: 1 }],
  [undefined],
  [Object.assign(new Error(), { code: 'a canary' })],
])('whatever is thrown (%#) is reduced to its type', (thrown) => {
  expect(capture((log) => log.error({ event: 'job.done', err: thrown })).text).not.toContain('canary');
});

test('nothing is written below the level', () => {
  expect(capture((log) => log.debug({ event: 'job.done' })).text).toBe('');
});

test('a line of a message that begins like a stack line is none, whatever became of the message', () => {
  const said = [
    'failed',
    '    at https://pay.example/r/v1.canary',
    '    at canary@example.com',
    '    at send (/srv/canary:1:1)',
    '\tat /canary',
  ].join('\n');
  const told = capture((log) => log.error({ event: 'job.done', err: new Error(said) }));
  expect(told.text).not.toContain('canary');
  expect((told.line.err as { stack: string }).stack).toMatch(/^ {4}at .*log\.test\.ts:\d+:\d+\)?$/m);

  const changed = new Error(said.replace('    at send (/srv/canary:1:1)\n', ''));
  changed.message = 'something else';
  expect(capture((log) => log.error({ event: 'job.done', err: changed })).text).not.toContain('canary');
});
