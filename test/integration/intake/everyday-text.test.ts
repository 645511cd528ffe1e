/** Names, addresses and texts as people write them: taken, cleaned, and the same wherever they come out again. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { type ApiWorld, bodyOf, CONSENT, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;
let inbox: Inbox;

beforeAll(async () => {
  inbox = await startInbox();
  api = await createApiWorld({ smtp: { host: '127.0.0.1', port: Number(new URL(inbox.smtp_url).port) } });
});
afterAll(async () => {
  await api.close();
  await inbox.close();
});

const FAMILY = '👨‍👩‍👧‍👦 Ольга O’Brien-D’Ângelo';

describe('a customer is taken with', () => {
  test.each([
    ['a name that a contacts app has isolated', { name: '\u2068ليلى\u2069' }, {}],
    ['a name in embedding marks', { name: '\u202aJohn Smith\u202c' }, {}],
    ['a name of which half the marks were copied', { name: '\u202aJohn Smith' }, { name: 'John Smith' }],
    ['a name with a family in it', { name: FAMILY }, {}],
    ['a name with a right-to-left mark', { name: 'שרה\u200f Cohen' }, {}],
    ['a name in markup', { name: '<b>Bob</b> & "Sons"' }, {}],
    ['a name with blanks around and a tab', { name: '  Jo\tDoe ' }, { name: 'Jo Doe' }],
    ['a label with a line break', { metadata: { note: ' a\r\nb' } }, { metadata: { note: ' a b' } }],
    ['a language as C writes it', { locale: 'de_DE' }, { locale: 'de-DE' }],
    ['an international domain', { email: 'info@müller.example' }, { email: 'info@xn--mller-kva.example' }],
    ['two dots, as docomo gave them out', { email: 'a..b@docomo.example' }, {}],
    ['a dot before the @', { email: 'ab.@docomo.example' }, {}],
    ['an underscore in the domain', { email: 'a@my_shop.example.com' }, {}],
    ['blanks around the address', { email: ' a@example.com\r\n' }, { email: 'a@example.com' }],
    ['an address in full width', { email: 'ａ＠example.com' }, { email: 'a@example.com' }],
  ])('%s', async (_what, sent, kept) => {
    const reference = randomUUID();
    const body = { email: 'robin@example.test', reference, ...sent };
    const taken = await api.post('/v1/customers', body);
    expect(taken).toMatchObject({ status: 201, body: { ...body, ...kept } });
    expect((await api.get(`/v1/customers/${taken.body.id}`)).body).toEqual(taken.body);
    const again = await api.post('/v1/customers', { ...body, reference: ` ${reference}\u00a0` });
    expect(again).toMatchObject({ status: 200, body: { id: taken.body.id } });
    const found = await api.get('/v1/customers', {
      query: { email: body.email, reference: `${reference} ` },
    });
    expect(found.body.data.map(({ id }) => id)).toEqual([taken.body.id]);
    await api.world.work(['customer']);
    const { stripe_customer_id } = (await api.get(`/v1/customers/${taken.body.id}`)).body;
    expect(stripe_customer_id).toMatch(/^cus_/);
  });
});

test('the same request under the same key is the same customer, though it has to be cleaned', async () => {
  const key = randomUUID();
  const body = { email: ' robin@example.test ', name: '\u202eRobin\n' };
  const first = await api.post('/v1/customers', body, { key });
  const again = await api.post('/v1/customers', body, { key });
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers['idempotent-replayed']).toBe('true');
});

test('a charge is asked for by its reference once, with blanks around it or without', async () => {
  const saved = await api.world.customer('pm_card_visa');
  const reference = randomUUID();
  const first = await api.post('/v1/charges', bodyOf(saved, { reference: ` ${reference}\n` }));
  expect(first).toMatchObject({ status: 202, body: { reference } });
  const again = await api.post('/v1/charges', bodyOf(saved, { reference }));
  expect(again).toMatchObject({ status: 409, body: { code: 'reference_taken', existing: first.body.id } });
});

test('an agreement keeps its lines, and its other texts are cleaned', async () => {
  const saved = await api.world.customer('pm_card_visa');
  const consent = {
    ...CONSENT,
    text: 'I agree.\r\n\r\nFor ever.\n',
    version: ' 1\0',
    ip_address: ' 203.0.113.7 ',
  };
  const { status, body } = await api.post('/v1/setups', {
    customer: saved.customer_id,
    return_url: ' https://shop.example/back ',
    consent,
  });
  expect(status).toBe(202);
  expect(body).toMatchObject({
    return_url: 'https://shop.example/back',
    consent: { text: 'I agree.\n\nFor ever.', version: '1', ip_address: '203.0.113.7' },
  });
});

describe('a description reaches the mail as it was answered:', () => {
  test.each([
    ['with emoji and markup', 'Überfahrt 🚲 «Grüße» – 10 % <script>alert(1)</script> & "x"'],
    ['with a line break that would be a header', 'October\r\nBcc: evil@example.test'],
    ['with a mark that would turn what follows', 'Miete \u202egnussahcs'],
    ['in Hebrew', `${'ש'.repeat(480)} end`],
    ['in Arabic, isolated', '\u2067تأجير سيارة\u2069 12/2026'],
    ['of a rental period', 'Rental 30.01.2026-03.02.2026'],
  ])('%s', async (_what, description) => {
    const saved = await api.world.customer('pm_card_authenticationRequired');
    const { status, body } = await api.post('/v1/charges', bodyOf(saved, { description }));
    expect(status).toBe(202);
    await api.world.work();
    const [mail] = inbox.messages();
    expect(flat(mail?.text ?? '')).toContain(flat(String(body.description)));
    expect(mail?.subject).not.toMatch(/[\r\n]/);
    expect(mail?.html).not.toContain('<script>');
    expect(mail?.text).not.toMatch(/^Bcc:|\u202e/m);
    const [intent] = await api.world.ledger(body.id);
    const { description: told } = await api.world.sdk.paymentIntents.retrieve(intent?.id ?? '');
    expect(told).toBe(body.description);
  });
});

const flat = (text: string) => text.replace(/\s+/g, ' ');

test.each(['a..b@docomo.example', 'x.@docomo.example', 'robin@my_shop.example.com', "o'brien@example.ie"])(
  'a mail goes to %s, and to nobody else',
  async (email) => {
    const saved = await api.world.customer('pm_card_authenticationRequired');
    await api.patch(`/v1/customers/${saved.customer_id}`, { email });
    const charge = await api.post('/v1/charges', bodyOf(saved));
    await api.world.work();
    expect((await api.get(`/v1/charges/${charge.body.id}`)).body).toMatchObject({
      recovery: { messages_sent: 1 },
    });
    expect(inbox.messages()[0]?.to).toBe(email);
  },
);
