import type { DeedName } from '../faults/names.ts';
import type { Deed } from './deed.ts';
import { withdrawing } from './withdrawing.ts';

/** How each kind of deed is done. */
export const deeds: Readonly<Record<DeedName, Deed>> = { ...withdrawing };
