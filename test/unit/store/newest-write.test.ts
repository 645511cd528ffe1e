import { expect, test } from 'vitest';
import { createNewestWrite } from '../../../src/store/work/newest-write.ts';

test('keeps in mind only what is never deleted', () => {
  const newest = createNewestWrite();
  newest.row('charge', 'chg_a', { revision: 2 });
  newest.row('inbox_event', 'evt_a', { lease_number: 1 });
  newest.row('message', 'msg_a', { lease_number: 1 });
  newest.request({ route: 'POST /v1/charges', key: 'a' });
  expect(newest.read()).toMatchObject([
    { what: 'row', kind: 'charge', id: 'chg_a' },
    { what: 'request', key: 'a' },
  ]);
});
