/** The customer's side: links, pages, mails, another card; and whose word we take for Stripe's. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const PAGES = 'src/recovery/page/pages.ts';
const STEPS = 'src/domain/recovery/recovery-steps.ts';

export const customer: readonly Mutation[] = [
  {
    name: 'the MAC of a link is compared decoded',
    edits: [
      {
        file: 'src/recovery/link/link.ts',
        find: "const [a, b] = [Buffer.from(expected, 'utf8'), Buffer.from(given, 'utf8')];",
        replace:
          "const at = expected.lastIndexOf('.') + 1;\n" +
          '  if (expected.slice(0, at) !== given.slice(0, at)) return false;\n' +
          "  const [a, b] = [expected, given].map((text) => Buffer.from(text.slice(at), 'base64url')) as " +
          '[Buffer, Buffer];',
      },
    ],
    check: unit('recovery/link', 'no token with one character changed, dropped, doubled or added'),
  },
  {
    name: 'the return believes redirect_status',
    edits: [
      {
        file: PAGES,
        find: '  const dropped = isRecoveryId(recovery) ? dropQuery(context, request, recovery, reply) : null;\n',
        replace:
          '  const seen = await readRecoveryPage(context.billing.sql, recovery);\n' +
          "  if (seen !== null && request.url.includes('redirect_status=succeeded')) {\n" +
          "    const paid = { ...seen, charge_state: 'succeeded', state: 'completed' } as const;\n" +
          '    const { html } = paymentPage([paid], {\n' +
          '      merchant: context.merchant,\n' +
          '      keys: context.link_keys,\n' +
          '      door: paid,\n' +
          '      path: context.path,\n' +
          '      policy: context.billing.timings,\n' +
          '      looks_again: false,\n' +
          '    });\n' +
          '    return sendPage(reply, 200, html);\n' +
          '  }\n' +
          '  const dropped = isRecoveryId(recovery) ? dropQuery(context, request, recovery, reply) : null;\n',
      },
    ],
    check: integration('recovery/recovery-links', 'the return believes Stripe, not its own address'),
  },
  {
    name: 'opening a link writes',
    edits: [
      {
        file: PAGES,
        find: 'import { type RecoveryLinkRow, readRecoveryLinks }',
        replace: 'import { noteVisit, type RecoveryLinkRow, readRecoveryLinks }',
      },
      {
        file: PAGES,
        find: "  if (door.state === 'open' && !door.is_over) return exchangeLink",
        replace:
          "  await noteVisit(context.billing.sql, door.id);\n  if (door.state === 'open' && !door.is_over) return exchangeLink",
      },
    ],
    check: integration('recovery/recovery-links', 'opens as often as scanners like without writing anything'),
  },
  {
    name: 'a press takes any form token',
    edits: [
      {
        file: 'src/recovery/page/doors.ts',
        find: " && isToken(link_keys, 'form', door, form_token, target);",
        replace: ';',
      },
    ],
    check: integration('recovery/recovery-links', 'a POST needs the cookie, the form token and an Origin'),
  },
  {
    name: 'a mail goes out for a charge that is paid',
    edits: [
      {
        file: 'migrations/0017_one_mail_a_day.sql',
        find:
          "    when p.state <> 'open' or p.bounced_at is not null or p.expires_at <= dc_now() or c.close_requested_at is not null\n" +
          "         or c.state in ('succeeded', 'failed', 'canceled') then 'unwanted'\n" +
          "    when c.state <> 'action_required'\n         or exists",
        replace:
          "    when p.bounced_at is not null or p.expires_at <= dc_now() then 'unwanted'\n    when exists",
      },
    ],
    check: integration('recovery/recovery-cadence', 'drops a mail that was owed before the payment came'),
  },
  {
    name: 'the reminders do not look at the payment',
    edits: [
      {
        file: 'src/domain/charge/settle-charge.ts',
        find: "recovery: context.recovery === null ? null : { close: 'completed' },",
        replace: 'recovery: null,',
      },
      {
        file: STEPS,
        find: "  if (charge.state === 'succeeded') return { do: 'close', as: 'completed' };\n",
        replace: "  if (charge.state === 'succeeded') return decideStep(situation, policy);\n",
      },
    ],
    check: integration('recovery/recovery-cadence', 'says nothing more once the charge is paid'),
  },
  {
    name: 'another card is charged without acceptance of the amount',
    edits: [{ file: STEPS, find: '!new_card.is_accepted || ', replace: '' }],
    check: unit('recovery/new-card', 'makes no attempt when the amount was not accepted'),
  },
  {
    name: 'future use is asked for without consent',
    edits: [
      {
        file: 'src/recovery/page/press.ts',
        find: 'future_use: ticked || (is_own && row.future_use_covered),',
        replace: 'future_use: ticked || is_own || row.future_use_covered,',
      },
    ],
    check: integration(
      'recovery/recovery-future-use',
      'the saved card under a one_time consent, pressed with {}',
    ),
  },
  {
    name: 'a second press does not find the bank page that waits',
    edits: [
      {
        file: 'src/billing/recovery/press.ts',
        find: "  if (attempt?.state === 'awaiting_customer') return existingRedirect(deps, context);\n",
        replace: '',
      },
    ],
    check: integration('charge/charge-closing', 'a second press goes to the same bank page'),
  },
  {
    name: 'a webhook is trusted whatever its age',
    edits: [
      {
        file: 'src/stripe/events/webhook.ts',
        find: "  if (age_s > SIGNATURE_TOLERANCE_S) return { kind: 'refused', reason: 'too_old' };\n",
        replace: '',
      },
    ],
    check: unit('stripe/webhook', 'signed 301 seconds ago is too_old'),
  },
  {
    name: 'a recovery that ends leaves its Session open',
    edits: [
      {
        file: 'migrations/0001_walls.sql',
        find: "where s.recovery_id = new.id and s.state in ('queued', 'awaiting_customer', 'processing');",
        replace: 'where s.recovery_id = new.id and false;',
      },
    ],
    check: integration('recovery/protocol-replacement', 'is expired with it'),
  },
  {
    name: 'a card for one charge stays on file',
    edits: [
      {
        file: 'migrations/0001_walls.sql',
        find: 'from card where not card.kept and m.id = card.id',
        replace: 'from card where false and m.id = card.id',
      },
    ],
    check: integration(
      'recovery/new-card-end',
      'it is detached though ticked for, when the charge was paid otherwise',
    ),
  },
  {
    name: 'a card for one charge may be charged for others',
    edits: [
      {
        file: 'src/store/recovery/recoveries.ts',
        find: ` and \${given.replacement_id}::text is null`,
        replace: '',
      },
    ],
    check: integration(
      'recovery/new-card-end',
      'it pays nothing else: it rests on no consent, ticked or not, until it has paid',
    ),
  },
];
