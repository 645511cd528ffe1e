/**
 * A campaign, all or nothing: its pledges are lines of a run that holds them until they come to its goal; if they do not by its
 * day, nobody is charged. Kill a command and run it again: campaign and account name run and lines.
 *   head -n 4 examples/pledges.csv | node --import tsx examples/campaign.ts pledge lighthouse 13000 2026-12-31T00:00:00Z
 *   node --import tsx examples/campaign.ts decide lighthouse                    # as rental.ts begins; and so report
 * In a new sandbox nobody has a card: follow the links that `pledge` prints, and run it again.
 */
import { text } from 'node:stream/consumers';
import { answerOf, uploadOf } from '../clients/typescript/src/client.ts';
import * as our from './duecourse.ts';

const [command, campaign = '', goal, by = ''] = process.argv.slice(2);
const runs = await our.duecourse.GET('/v1/runs', { params: { query: { reference: campaign } } });
const [known] = answerOf(runs).data;

async function open() {
  const asked = { amount: Number(goal), currency: 'usd', by, on_miss: 'cancel' } as const;
  const pledges = { hold: true, goal: asked, recovery: { on_expiry: 'release' } } as const;
  const body = { name: 'campaign', reference: campaign, ...pledges };
  const { id, status } = known ?? answerOf(await our.duecourse.POST('/v1/runs', { body }));
  const params = { path: { id } };
  if (status === 'draft') answerOf(await our.duecourse.POST('/v1/runs/{id}/start', { params }));
  return params;
}

async function lineOf(row: string) {
  const [account = '', name = '', email = '', , amount, currency] = row.split(',');
  const line = { reference: `${campaign}-${account}`, customer: await our.customerOf(account, name, email) };
  return { ...line, amount: Number(amount), currency, description: `Pledge to ${campaign}` };
}

async function* pledge() {
  const lines = await Promise.all((await text(process.stdin)).trim().split('\n').slice(1).map(lineOf));
  const sent = await our.duecourse.POST('/v1/runs/{id}/charges', {
    params: await open(),
    ...uploadOf(lines),
  });
  for (const { line, reference, code } of answerOf(sent).errors) {
    const { url, status } = await our.setupOnce(`card-${reference}`, lines[line - 1]?.customer ?? '', {
      ...{ frequency: 'one_time', collect: true, amount_basis: 'the pledge' },
      text: 'You may charge this card once with my pledge, if the campaign reaches its goal.',
    });
    yield `${reference}  ${code}: ${url ?? `its set-up is ${status}`}`;
  }
  yield `${campaign}: ${answerOf(sent).accepted} new, ${answerOf(sent).replayed} known`;
}

async function* decide() {
  const { id = '', goal, decision } = known ?? {};
  const release = { params: { path: { id } }, body: { decision: 'release' } } as const;
  const isDue = !decision && goal?.reached;
  if (isDue) answerOf(await our.duecourse.POST('/v1/runs/{id}/decide', release));
  yield `${campaign}: ${isDue ? 'release' : (decision?.decision ?? 'its goal is not reached')}`;
}

async function* report() {
  const params = { path: { id: known?.id ?? '' } };
  const { run, data } = answerOf(await our.duecourse.GET('/v1/runs/{id}/report', { params }));
  for (const { reference, status, net } of data) yield `${reference}  ${status}  ${our.money(net, 'usd')}`;
  yield `${campaign}: ${run.status}`;
}

for await (const said of { pledge, decide, report }[command as 'pledge']()) console.log(said);
