import { requestSetupCancel, type SetupCancellation } from '../../store/setup/setup-cancellation.ts';
import type { Dependencies } from '../dependencies.ts';

/** Asks for a setup's end. Stripe's answer makes it `canceled`, or `succeeded` if the customer was faster. */
export async function cancelSetup(
  deps: Dependencies,
  setup_id: string,
  caller: string,
): Promise<SetupCancellation> {
  const cancellation = await requestSetupCancel(deps.sql, setup_id, caller);
  if (cancellation === 'requested') void deps.offer('setup', [setup_id]);
  return cancellation;
}
