import type { DeedName } from '../faults/names.ts';
import { afterPayment } from './after-payment.ts';
import { dashboard } from './dashboard.ts';
import { debiting } from './debiting.ts';
import type { Deed } from './deed.ts';
import { foreign } from './foreign.ts';
import { losing } from './losing.ts';
import { preferring } from './preferring.ts';
import { saving } from './saving.ts';
import { withdrawing } from './withdrawing.ts';

/** How each kind of deed is done. */
export const deeds: Readonly<Record<DeedName, Deed>> = {
  ...withdrawing,
  ...saving,
  ...preferring,
  ...dashboard,
  ...afterPayment,
  ...foreign,
  ...losing,
  ...debiting,
};
