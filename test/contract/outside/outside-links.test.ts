/** Links and the mails that carry them: which are good, which are nobody's, and when a new one comes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formOf, openBrowser, type Page, stateOf } from './outside-customer.ts';
import { linkIn, mailsTo, readInbox, waiting } from './outside-mail.ts';
import { chargeWhen, readCharge } from './outside-merchant.ts';
import { recoveryShape } from './outside-shapes.ts';
import { ask, eventually, openWorld, read, refused, type World } from './outside-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

/** What the API, the database and Stripe hold of a charge, to see that a look changed nothing. */
async function everything(id: string): Promise<string> {
  const rows = await world.sql`
    select (select jsonb_agg(to_jsonb(c)) from charges c where id = ${id}) as charge,
           (select jsonb_agg(to_jsonb(a)) from charge_attempts a where charge_id = ${id}) as attempts,
           (select jsonb_agg(to_jsonb(r)) from recoveries r where charge_id = ${id}) as recoveries,
           (select count(*) from messages) as messages, (select count(*) from transitions) as transitions`;
  return JSON.stringify(rows);
}

describe('a link', () => {
  test('opened twenty times changes nothing', async () => {
    const { id, link } = await waiting(world, ['authentication_required']);
    await eventually(
      () => readCharge(world, id),
      ({ recovery }) => recovery?.messages_sent === 1,
    );
    // What Stripe had to tell has been told, and applied.
    await world.sim('GET', '/deliveries');
    await eventually(
      () => world.sql`select 1 from inbox_events where state = 'received'`,
      (waiting) => waiting.length === 0,
    );
    const before = await everything(id);
    for (let i = 0; i < 20; i += 1) expect(stateOf(await openBrowser().open(link))).toBe('to_confirm');
    expect(await everything(id)).toBe(before);
  });

  test('of any other spelling, of nobody, of yesterday or too late is one and the same 404', async () => {
    const { id, link } = await waiting(world, ['authentication_required']);
    const at = new URL(link);
    const token = at.pathname.slice('/r/'.length);
    const bodies = new Set<string>();
    const open = async (path: string) => {
      const answer = await ask(new URL(path, at));
      expect([path, answer.status]).toEqual([path, 404]);
      bodies.add(answer.text);
    };
    for (let i = 0; i < token.length; i += 1) {
      const other = token[i] === 'a' ? 'b' : 'a';
      await open(`/r/${token.slice(0, i)}${other}${token.slice(i + 1)}`);
    }
    for (const path of [`/r/${token}a`, '/r/v1.x.1.y', '/r/nonsense', `/r/${'a'.repeat(150)}`])
      await open(path);
    const resent = await world.call('POST', `/v1/charges/${id}/recovery/resend`, { revoke_earlier: true });
    const { recovery } = read(z.object({ recovery: recoveryShape.extend({ url: z.url() }) }), resent);
    expect(resent.status).toBe(200);
    await open(at.pathname);
    expect(stateOf(await openBrowser().open(recovery.url))).toBe('to_confirm');
    expect(bodies.size).toBe(1);
    const [html = ''] = bodies;
    expect(html).toContain('data-testid="fresh-mail"');
    const page: Page = { status: 404, url: new URL('/r/nonsense', at), html };
    const asked = await openBrowser().press(page, 'fresh-mail');
    const genuine = await openBrowser().press({ ...page, url: at }, 'fresh-mail');
    expect([asked.status, asked.html]).toEqual([genuine.status, genuine.html]);
  });

  test('that was superseded still brings a fresh mail, at most once an hour', async () => {
    const { id, link, email } = await waiting(world, ['authentication_required']);
    await world.call('POST', `/v1/charges/${id}/recovery/resend`, { revoke_earlier: true });
    const sent = async (mails: number) => {
      const rows = await world.sql`
        select m.state from messages m join recoveries r on r.id = m.recovery_id where r.charge_id = ${id}`;
      // Whoever asks is answered once the mail is owed, so a mail too many would be here before it is sent.
      expect(rows).toHaveLength(mails);
      return eventually(
        () => mailsTo(world, email),
        ({ length }) => length >= mails,
      );
    };
    await sent(2);
    const ask404 = async () => openBrowser().press(await openBrowser().open(link), 'fresh-mail');
    for (const mails of [3, 4]) {
      await ask404();
      await ask404();
      const [newest] = await sent(mails);
      expect(linkIn(newest)).not.toBe(link);
      expect(stateOf(await openBrowser().open(linkIn(newest)))).toBe('to_confirm');
      await world.advance(3_700);
    }
  });

  test('becomes a cookie and a clean address, and the way back without the cookie tells nothing', async () => {
    const { link } = await waiting(world, ['authentication_required']);
    const first = await ask(new URL(link));
    const recovery = new URL(link).pathname.split('.')[1];
    expect([first.status, first.headers.get('location')]).toEqual([303, `/r/page/${recovery}`]);
    const cookie = first.headers.getSetCookie().join();
    expect(cookie).toContain(`dc_r_${recovery}=`);
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/r/page', 'Max-Age=7200']) {
      expect(cookie.toLowerCase()).toContain(part.toLowerCase());
    }
    const back = await openBrowser().open(new URL(`/r/page/${recovery}/return`, link));
    expect(back.html).not.toContain('19.99');
    expect(stateOf(back)).toBeUndefined();
  });

  test('of a recovery that ran out shows that, without a form', async () => {
    const { id, link } = await waiting(world, ['authentication_required']);
    for (let day = 0; day < 8; day += 1) await world.advance(86_400);
    await chargeWhen(world, id, 'failed', 'recovery_expired');
    const page = await openBrowser().open(link);
    expect([page.status, stateOf(page), page.html.includes('<form')]).toEqual([200, 'expired', false]);
  });

  test('of a charge that was canceled shows that, without a form', async () => {
    const { id, link } = await waiting(world, ['authentication_required']);
    await world.call('POST', `/v1/charges/${id}/cancel`);
    await chargeWhen(world, id, 'canceled');
    const page = await openBrowser().open(link);
    expect([page.status, stateOf(page), page.html.includes('<form')]).toEqual([200, 'canceled', false]);
    const answer = await world.call('POST', `/v1/charges/${id}/recovery/resend`);
    refused(answer, 409, 'already_canceled');
  });

  test('needs cookie and form token to press, and an Origin that is absent or ours', async () => {
    const { id, link } = await waiting(world, ['authentication_required']);
    const browser = openBrowser();
    const page = await browser.open(link);
    const form = formOf(page, 'confirm');
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const press = (fields: Record<string, string>, headers: Record<string, string>) =>
      ask(form.action, { method: 'POST', body: new URLSearchParams(fields), headers });
    for (const answer of [
      await press(form.fields, {}),
      await press({}, { cookie }),
      await press({ ...form.fields }, { cookie, origin: 'https://elsewhere.example' }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    expect((await readCharge(world, id)).attempts).toHaveLength(1);
    const own = await press(form.fields, { cookie, origin: form.action.origin });
    expect(own.status).toBe(303);
  });
});

describe('mails', () => {
  test('go out at once, after one day, three days and six, and stop with the end', async () => {
    const { id, email } = await waiting(world, ['authentication_required']);
    const counts: number[] = [];
    for (const days of [0, 1, 2, 3, 2]) {
      if (days > 0) await world.advance(days * 86_400 + 60);
      counts.push((await mailsTo(world, email)).length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 4]);
    expect(await readCharge(world, id)).toMatchObject({ status: 'failed', recovery: { messages_sent: 4 } });
    const all = await mailsTo(world, email);
    expect(new Set(all.map(linkIn)).size).toBe(1);
    expect(all.map(({ received_at }) => received_at)).toEqual(
      all
        .map(({ received_at }) => received_at)
        .sort()
        .reverse(),
    );
    const emptied = await ask(new URL(`${world.ready.inbox_url}/messages`), { method: 'DELETE' });
    expect(emptied.status).toBeLessThan(300);
    expect(await readInbox(world)).toEqual([]);
  });
});
