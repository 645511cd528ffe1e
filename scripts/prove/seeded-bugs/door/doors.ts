/** What a crowd at the door, or one request, could take from others; and what must not leave the house in the clear. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const ADMISSION = 'src/api/admission/admission.ts';
const LIVE_RULES = 'src/platform/live-rules.ts';
const HALVES = 'close no door, three hundred of them';

export const doors: readonly Mutation[] = [
  {
    name: 'a page takes its place before its body is here',
    edits: [
      {
        file: ADMISSION,
        find: 'if (!places.isOpen(roomOf(request, name))) return turnAway(request, reply, done);',
        replace:
          'request.place = places.enter(roomOf(request, name));\n        if (request.place === null) return turnAway(request, reply, done);',
      },
    ],
    check: integration('api/api-doors', HALVES),
  },
  {
    name: 'a call keeps its place while its body is on its way',
    edits: [
      {
        file: ADMISSION,
        find: 'if (request.isStranger || isOnItsWay(request)) {',
        replace: 'if (request.isStranger && isOnItsWay(request)) {',
      },
    ],
    check: integration('api/api-doors', 'hold no place of their key'),
  },
  {
    name: 'strangers stand in no line of their own',
    edits: [
      {
        file: ADMISSION,
        find: 'const stranger = await strangers.enter();',
        replace: "const stranger = strangers === null ? null : places.enter('api');",
      },
    ],
    check: integration('api/api-doors', 'keep each other out, and no merchant'),
  },
  {
    name: 'bodies on their way from one address are not bounded',
    edits: [
      {
        file: 'src/api/admission/unread-bodies.ts',
        find: 'if (ofAddress.size > max.perAddress) hangUpOn(request.ip, ofAddress);\n',
        replace: '',
      },
    ],
    check: integration('api/api-doors', 'give way to younger ones of the same address'),
  },
  {
    name: 'Node looks for late requests as rarely as it likes',
    edits: [
      {
        file: 'src/api/app.ts',
        find: '      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,\n',
        replace: '      connectionsCheckingInterval: 30 * CHECK_CONNECTIONS_MS,\n',
      },
    ],
    check: integration('api/api-doors', 'are hung up on when they are late'),
  },
  {
    name: 'one key takes all places of a room that another calls at',
    edits: [
      {
        file: 'src/api/admission/places.ts',
        find: 'Math.floor(room.max / room.holders.size)',
        replace: 'room.max',
      },
    ],
    check: unit('api/places', 'are shared by the keys that call'),
  },
  {
    name: 'a body is searched before it is known to be JSON',
    edits: [
      {
        file: 'src/api/json-body.ts',
        find: '    const asWritten = parsed(request, text);\n',
        replace:
          "    if (faultOf(text) !== null) return done(unreadable('must be JSON'));\n    const asWritten = parsed(request, text);\n",
      },
    ],
    check: unit('api/work-bounded', 'a body of quotes that are escaped and never end'),
  },
  {
    name: 'a body may have any number of values',
    edits: [
      { file: 'src/api/json-body.ts', find: 'values > VALUES_MAX', replace: 'values > 300 * VALUES_MAX' },
    ],
    check: unit('api/json-body', 'is bounded in values and in depth'),
  },
  {
    name: 'a text that is too long is looked at all the same',
    edits: [{ file: 'src/api/schemas/text.ts', find: '.max(max, { abort: true })', replace: '.max(max)' }],
    check: unit('api/work-bounded', 'nothing but its length is looked at of a line'),
  },
  {
    name: 'a mail leaves in the clear where STARTTLS is missing',
    edits: [
      {
        file: 'src/recovery/mail/mail-transport.ts',
        find: '    requireTLS: smtp.requireTls,\n',
        replace: '',
      },
    ],
    check: unit('recovery/mailer-tls', 'gets neither password nor mail where TLS is required'),
  },
  {
    name: 'a published webhook secret is accepted with a live key',
    edits: [
      {
        file: LIVE_RULES,
        find: 'some((secret) => isWeak(secret.slice(WEBHOOK_PREFIX.length)))',
        replace: 'some((secret) => secret === WEBHOOK_PREFIX)',
      },
    ],
    check: unit('platform/config', 'no published STRIPE_WEBHOOK_SECRETS is accepted'),
  },
  {
    name: 'a remote database is asked in the clear with a live key',
    edits: [
      {
        file: LIVE_RULES,
        find: "searchParams.get('sslmode') === 'verify-full'",
        replace: "protocol.startsWith('postgres')",
      },
    ],
    check: unit('platform/config', 'DATABASE_URL=postgres://u:p@db.example/duecourse is refused unless'),
  },
  {
    name: 'a line of a message that looks like a place in code is logged',
    edits: [
      {
        file: 'src/platform/log.ts',
        find: 'FRAME.test(line) && !said.has(line)',
        replace: '/^ +at /.test(line) && said.size > 0',
      },
    ],
    check: unit('platform/log', 'a line of a message that begins like a stack line is none'),
  },
  {
    name: 'a database forgets whether it is live',
    edits: [
      {
        file: 'migrations/0013_one_mode.sql',
        find: "    raise exception 'a database never changes between live and test' using errcode = 'DC002';\n",
        replace: '    null;\n',
      },
    ],
    check: integration('operate/upgrade', 'says by its charges whether it is live'),
  },
  {
    name: 'the role of API and workers owns what it works on',
    edits: [
      {
        file: 'src/store/postgres/app-role.ts',
        find: 'grant select, insert, update, delete on all tables in schema public to',
        replace: 'grant all on all tables in schema public to',
      },
    ],
    check: integration('operate/app-role', 'cannot truncate transitions cascade'),
  },
];
