import { describe, expect, test } from 'vitest';
import { machines, type SetupState } from '../../../src/domain/machines.ts';
import { setupPageContent } from '../../../src/recovery/setup-page/setup-state.ts';
import type { SetupPageRow } from '../../../src/store/setup/setup-page.ts';

const AT = new Date('2026-01-15T10:00:00Z');
const BASE = {
  state: 'awaiting_customer',
  is_over: false,
  accepted_at: null,
  revoked_at: null,
  method_state: null,
  method_detail: null,
} as unknown as SetupPageRow;

const view = (change: Partial<SetupPageRow> = {}) => setupPageContent({ ...BASE, ...change });
const SAVED = { state: 'succeeded', accepted_at: AT, method_state: 'usable' } as const;
const UNPROVEN = {
  state: 'succeeded',
  method_state: 'unusable',
  method_detail: 'evidence_missing',
} as const;

test.each([
  ['to_accept', 'accept_and_save', {}],
  ['to_accept', 'accept_and_save', { state: 'queued' }],
  ['to_save', 'save', { accepted_at: AT }],
  ['to_accept', 'accept', UNPROVEN],
  ['saved', null, SAVED],
  ['not_in_use', null, { ...UNPROVEN, is_over: true }],
  ['not_in_use', null, { ...UNPROVEN, revoked_at: AT }],
  ['not_in_use', null, { ...SAVED, method_state: 'unusable', method_detail: 'setup_was_closing' }],
  ['not_in_use', null, { ...SAVED, method_state: 'detached' }],
  ['expired', null, { is_over: true }],
  ['expired', null, { is_over: true, accepted_at: AT }],
  ['canceled', null, { revoked_at: AT }],
  ['canceled', null, { state: 'canceled' }],
  ['failed', null, { state: 'failed' }],
  ['processing', null, { state: 'processing' }],
  ['processing', null, { state: 'closing' }],
  ['processing', null, { state: 'needs_review' }],
] as const)('shows %s and offers %s for %j', (state, offer, change) => {
  expect(view(change)).toMatchObject({ state, offer, check_again: state === 'processing' });
});

describe.each(Object.keys(machines.setup.statuses) as SetupState[])('a setup that is %s', (state) => {
  test('offers nothing once its time is over or its consent is revoked', () => {
    const rows = [{ is_over: true }, { revoked_at: AT }, { is_over: true, accepted_at: AT }];
    for (const row of rows) {
      expect(view({ state, ...row }).offer).toBeNull();
      expect(view({ ...UNPROVEN, state, ...row }).offer).toBeNull();
    }
  });
});
