// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** Merchants are told: everything, signed, in time, and nothing that is sent reaches the inside. */
import type { Edit, Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const addresses = (test: string) => unit('notify/address-rules', test);
const deliveries = (test: string) => integration('notify/deliveries', test);
const endpoints = (test: string) => integration('notify/endpoints', test);
const replays = (test: string) => integration('notify/replays', test);
const slow = (test: string) => integration('notify/slow-endpoint', test);

const edit =
  (file: string) =>
  (find: string, replace: string): Edit[] => [{ file, find, replace }];
const rules = edit('src/notify/address-rules.ts');
const connector = edit('src/notify/guarded-connector.ts');
const sender = edit('src/notify/sender.ts');
const settle = edit('src/store/notify/deliveries.ts');
const kept = edit('src/store/notify/kept-deliveries.ts');
const offers = edit('src/store/notify/offer-deliveries.ts');
const sequencer = edit('migrations/0026_endpoints.sql');

export const notifications: readonly Mutation[] = [
  {
    name: 'a receiver needs no certificate that anybody vouches for',
    edits: connector('    lookup,\n  } as', '    lookup,\n    rejectUnauthorized: false,\n  } as'),
    check: integration('notify/tls-receiver', 'that it signed itself is told nothing'),
  },
  {
    name: 'the secret of an endpoint is kept beside its description',
    edits: edit('src/api/routes/webhook-endpoints.ts')(
      '{ id, url, events, description, secrets }, max)',
      '{ id, url, events, description: made.shown, secrets }, max)',
    ),
    check: integration('operate/canary', 'none is in a log, a table that must not hold it'),
  },
  {
    name: 'a name is judged by the first of its addresses',
    edits: connector('!found.every(({ address }) => may(address))', "!may(found[0]?.address ?? '')"),
    check: addresses('that leads to'),
  },
  {
    name: 'a name is judged when it is given, and never again',
    edits: rules(
      'return isPublicAddress(address) || (rules.is_sandbox && isLoopback(address));',
      'return true;',
    ),
    check: addresses('is judged again at every connection'),
  },
  {
    name: 'what reaches IPv4 through IPv6 is public',
    edits: rules("  ['2002::', 16],\n", '').concat(
      rules("ipaddr.parse(address).range() === 'unicast'", 'true'),
    ),
    check: addresses('is refused, when it is given'),
  },
  {
    name: 'names of this network are sent to',
    edits: rules('return INNER_NAME.test(host) ? PRIVATE : null;', 'return null;'),
    check: addresses('is refused, when it is given'),
  },
  {
    name: 'notifications go without TLS',
    edits: rules("url.protocol !== 'https:' && !isPrivate && !rules.is_sandbox", 'false'),
    check: addresses('is refused, when it is given'),
  },
  {
    name: 'every port of a receiver beside us is open',
    edits: rules(
      'const isPrivate = rules.private_hosts.includes(hostAndPort(url));',
      'const isPrivate = rules.private_hosts.some((host) => host.startsWith(`${url.hostname}:`));',
    ).concat(
      rules(
        'if (rules.private_hosts.includes(host)) return true;',
        "if (rules.private_hosts.some((known) => known.split(':')[0] === host.split(':')[0])) return true;",
      ),
    ),
    check: addresses('exactly the host and port'),
  },
  {
    name: 'an old secret signs for ever',
    edits: sender('until === null || Date.parse(until) > now_s * 1_000', 'true'),
    check: endpoints('signs with both secrets until the overlap is over'),
  },
  {
    name: 'a rotation ends the old secret at once',
    edits: edit('src/store/notify/endpoints.ts')(
      'where o.place < ${SECRETS_MAX}::int and',
      'where false and',
    ),
    check: endpoints('signs with both secrets until the overlap is over'),
  },
  {
    name: 'events of which nobody has heard are for enabled endpoints only',
    edits: sequencer(
      "on w.state in ('enabled', 'disabled') and wants_type",
      "on w.state = 'enabled' and wants_type",
    ),
    check: endpoints('what happens is kept for it'),
  },
  {
    name: 'an endpoint is told everything',
    edits: sequencer(' and wants_type(w.events, e.type)\n    -- No event', '\n    -- No event'),
    check: deliveries('each endpoint gets what its filter wants'),
  },
  {
    name: 'an endpoint that is enabled is not looked at again',
    edits: edit('src/billing/notify/advance-endpoint.ts')(
      '  return row.look_again\n',
      '  return Number(row.revision) < 0\n',
    ),
    check: endpoints('by somebody who did not know that it is enabled'),
  },
  {
    name: 'whoever asks to be left alone is not',
    edits: settle('least(coalesce(t.retry_after_s, 0), ${by.notifyRetryAfterMaxS}::float8)', '0'),
    check: deliveries('asks to be left alone'),
  },
  {
    name: 'whoever asks to be left alone is left alone for ever',
    edits: settle(
      'least(coalesce(t.retry_after_s, 0), ${by.notifyRetryAfterMaxS}::float8)',
      'coalesce(t.retry_after_s, 0)',
    ),
    check: deliveries('asks to be left alone'),
  },
  {
    name: 'a notification is given up after its first failure',
    edits: settle('d.step >= ${by.notifyRetrySeconds.length}::int as is_last', 'true as is_last'),
    check: deliveries('ten times in all'),
  },
  {
    name: 'an endpoint that is gone is sent to',
    edits: settle("when f.any_gone then 'gone'", "when false then 'gone'"),
    check: endpoints('at once when it answers 410'),
  },
  {
    name: 'five days of failures are counted past what arrived',
    edits: settle('case when f.any_ok then null else', 'case when false then null else'),
    check: endpoints('after five days of nothing but failures'),
  },
  {
    name: 'nobody is told that an endpoint was disabled',
    edits: settle(
      'operator_owed = w.operator_owed or j.disabled is not null',
      'operator_owed = w.operator_owed',
    ),
    check: endpoints('its operator hears of it once'),
  },
  {
    name: 'an endpoint takes all the workers that there are',
    edits: offers(' - busy.taken)', ' * 1000)').concat(sender('own >= timings.notifyEndpointMax || ', '')),
    check: slow('the quick one has everything'),
  },
  {
    name: 'what fails takes as much room as what works',
    edits: offers('w.is_slow or w.failing_since is not null', 'false'),
    check: slow('of one that fails fewer'),
  },
  {
    name: 'a replay of the newest only sends them all',
    edits: kept('not (w.replay_newest_only and exists (', 'not (false and exists ('),
    check: replays('of the newest only'),
  },
  {
    name: 'a replay sends what lies before its time',
    edits: kept('where l.created_at >= w.replay_from and', 'where'),
    check: replays('sends again what was sent from a time on'),
  },
  {
    name: 'a replay begins where the feed ends',
    edits: sequencer('return coalesce(v_low, 0);', 'return coalesce(v_low, 0) + 1000;'),
    check: replays('sends again what was sent from a time on'),
  },
  {
    name: 'an answer whose body does not end is no answer',
    edits: edit('src/notify/exchange.ts')(
      "end(answered() ?? fail('timeout')), BODY_MS",
      "end(fail('timeout')), BODY_MS",
    ),
    check: deliveries('whose body never ends'),
  },
  {
    name: 'one process sends as many notifications as there are',
    edits: sender(' || all >= timings.notifyProcessMax', ''),
    check: unit('notify/sender', 'no more than a share goes to one endpoint'),
  },
  {
    name: 'a receiver that never answers is waited for',
    edits: edit('src/notify/exchange.ts')(
      "let timer = setTimeout(() => end(fail('timeout')), timeout_ms);",
      'let timer = setTimeout(() => {}, timeout_ms);',
    ),
    check: unit('notify/sender', 'that never answers is given up'),
  },
  {
    name: 'a secret opens in the place of another',
    edits: edit('src/notify/secrets.ts')(
      '.setAAD(Buffer.from(endpoint_id));',
      '.setAAD(Buffer.from(endpoint_id.slice(0, 4)));',
    ).concat(
      edit('src/notify/secrets.ts')(
        '    .setAAD(Buffer.from(endpoint_id))\n',
        '    .setAAD(Buffer.from(endpoint_id.slice(0, 4)))\n',
      ),
    ),
    check: unit('notify/secrets', 'opens for its own endpoint'),
  },
  {
    name: 'what a receiver repeated of somebody stays',
    edits: sequencer(
      'create trigger customers_forget_answers after update on customers for each row\n  when (old',
      'create trigger customers_forget_answers after update on customers for each row\n  when (false and old',
    ),
    check: integration('notify/forgetting', 'what a receiver repeated of somebody'),
  },
  {
    name: 'deliveries that are owed go with the old ones',
    edits: sequencer(
      'and d.created_at < v_before and d.due_at is null and d.claim_token is null',
      'and d.created_at < v_before',
    ),
    check: integration('notify/forgetting', 'what ended 35 days ago'),
  },
];
