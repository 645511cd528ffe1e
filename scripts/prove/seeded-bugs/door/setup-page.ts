/** Our own setup page: its checks, its press, and the switch from a SetupIntent to a Checkout Session. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const PAGES = 'src/recovery/setup-page/setup-pages.ts';
const PRESS = 'src/store/setup/setup-page.ts';

export const setupPage: readonly Mutation[] = [
  {
    name: 'any text in the form of a link opens a set-up page',
    edits: [
      {
        file: PAGES,
        find: "id !== null && links.is('link', id, token) ?",
        replace: 'id !== null ?',
      },
    ],
    check: integration('setup/setup-page-links', 'a link with any one character changed'),
  },
  {
    name: 'opening a set-up link accepts',
    edits: [
      {
        file: PAGES,
        find: '  const view = setupPageContent(row);\n',
        replace:
          "  await pressSetup(billing, { setup_id: row.id, ip_address: '127.0.0.1', user_agent: null });\n" +
          '  const view = setupPageContent(row);\n',
      },
    ],
    check: integration('setup/setup-page-links', 'looking writes nothing anywhere'),
  },
  {
    name: 'a set-up press needs no form token',
    edits: [
      {
        file: PAGES,
        find: "token === undefined || !links.is('form', row.id, token)",
        replace: "token === 'never'",
      },
    ],
    check: integration('setup/setup-page-links', 'a POST needs the cookie, the form token and an Origin'),
  },
  {
    name: 'a set-up press from another site counts',
    edits: [
      {
        file: PAGES,
        find: 'isOwnOrigin(request, context.origin) ? await provenRow(context, request) : null',
        replace:
          "isOwnOrigin(request, 'null') ? await provenRow(context, request) : await provenRow(context, request)",
      },
    ],
    check: integration('setup/setup-page-links', 'a POST needs the cookie, the form token and an Origin'),
  },
  {
    name: 'one setup’s token opens all',
    edits: [
      {
        file: 'src/recovery/link/setup-link.ts',
        find: 'rows(setup_id).some((row) => isToken(keys, purpose, row, text)),',
        replace: 'rows(claimedSetup(text) ?? setup_id).some((row) => isToken(keys, purpose, row, text)),',
      },
    ],
    check: integration('setup/setup-page-links', 'one setup’s link, cookie and form token open no other'),
  },
  {
    name: 'the press frees nothing',
    edits: [
      {
        file: PRESS,
        find: "m.state = 'unusable' and m.detail = 'evidence_missing'",
        replace: "m.state = 'unusable' and m.detail = 'setup_was_closing'",
      },
    ],
    check: integration('setup/setup-page', 'a card saved on the merchant’s page cannot be charged before'),
  },
  {
    name: 'a press after the time is over counts',
    edits: [
      { file: PRESS, find: ' and s.expires_at > dc_now()', replace: '' },
      {
        file: 'src/domain/setup/setup-offer.ts',
        find: 'view.is_over || view.revoked_at',
        replace: 'view.revoked_at',
      },
    ],
    check: integration('setup/setup-page', 'says so when it is saved already, expired or canceled'),
  },
  {
    name: 'a revoked consent can be accepted',
    edits: [
      { file: PRESS, find: ' and n.revoked_at is null', replace: '' },
      {
        file: 'src/domain/setup/setup-offer.ts',
        find: 'if (view.is_over || view.revoked_at !== null) return null;',
        replace: 'if (view.is_over) return null;',
      },
    ],
    check: integration('setup/setup-page', 'a revoked consent can be accepted by no press'),
  },
  {
    name: 'each press is another evidence',
    edits: [
      { file: PRESS, find: 'n.collect and n.accepted_at is null', replace: 'n.collect' },
      {
        file: 'src/domain/setup/setup-offer.ts',
        find: "return view.accepted_at === null ? 'accept_and_save' : 'save';",
        replace: "return view.accepted_at === null || view.is_over ? 'accept_and_save' : 'save';",
      },
      {
        file: 'src/billing/setup/press-setup.ts',
        find: "if (offer === 'save') return leadToCheckout(deps, press.setup_id);",
        replace:
          "if (offer === 'save') {\n" +
          '      await acceptConsent(deps.sql, { ...press, revision: row.revision });\n' +
          '      return leadToCheckout(deps, press.setup_id);\n' +
          '    }',
      },
    ],
    check: integration('setup/setup-page', 'is paid for once by a customer who goes back'),
  },
  {
    name: 'what a mandate said is not kept',
    edits: [
      { file: PRESS, find: `mandate_text = \${press.mandate?.text ?? null}`, replace: 'mandate_text = null' },
    ],
    check: integration('setup/setup-page', 'saved with its scheme’s mandate'),
  },
  {
    name: 'a mandate is asked for in English whatever its customer reads',
    edits: [
      {
        file: 'src/recovery/setup-page/setup-answers.tsx',
        find: 'return textsFor(row.locale).setup.mandate(',
        replace: 'return textsFor(null).setup.mandate(',
      },
    ],
    check: integration('setup/setup-page', 'saved with its scheme’s mandate'),
  },
  {
    name: 'a press is written against what it did not see',
    edits: [{ file: PRESS, find: ` and s.revision = \${press.revision}`, replace: '' }],
    check: integration('setup/setup-elements', 'asked for without evidence'),
  },
  {
    name: 'the SetupIntent lives on beside the Session',
    edits: [
      {
        file: 'src/billing/setup/advance-setup.ts',
        find: 'return switchToSession(deps, context, lease);',
        replace: 'return createForSetup(deps, context, lease);',
      },
    ],
    check: integration('setup/setup-page', 'is paid for once by a customer who goes back'),
  },
  {
    name: 'the end of a SetupIntent that we ended ends the setup',
    edits: [
      {
        file: 'src/domain/setup/setup-decisions.ts',
        find: 'return view.is_switching ? STAY : decideEnd(view, facts);',
        replace: 'return decideEnd(view, facts);',
      },
    ],
    check: unit('domain/setup-decisions', 'a SetupIntent that ended because a Session takes its place'),
  },
  {
    name: 'the Session is made under the SetupIntent’s key',
    edits: [
      {
        file: 'src/domain/setup/setup-decisions.ts',
        find: "session_instead_at === null ? 'create' : 'replace'",
        replace: "session_instead_at === null ? 'create' : 'create'",
      },
    ],
    check: integration('setup/setup-page', 'is accepted on our page, saved on Stripe’s'),
  },
  {
    name: 'a cancel amid the switch forgets the Session on its way',
    edits: [
      {
        file: 'src/domain/setup/setup-decisions.ts',
        find: 'return setup.stripe_setup_intent_id === null || setup.session_instead_at !== null;',
        replace: 'return setup.stripe_setup_intent_id === null;',
      },
    ],
    check: integration(
      'setup/setup-page-switch',
      'and is canceled by the merchant leaves nothing to save a card with',
    ),
  },
  {
    name: 'the end of a SetupIntent that a Session replaced is the setup’s',
    edits: [
      {
        file: 'src/billing/setup/settle-setup.ts',
        find: 'const told = news.intent?.id === context.setup.stripe_setup_intent_id ? news.intent : null;',
        replace: 'const told = news.intent;',
      },
    ],
    check: integration('setup/setup-page-switch', 'looked up before a Session replaced it and settled after'),
  },
];
