import type { Dependencies } from '../../src/billing/dependencies.ts';

/** The model has no endpoints: nothing is owed to any. */
export const untold: Pick<Dependencies, 'deliveries' | 'notify'> = {
  deliveries: { read: async () => undefined, settle: async () => undefined },
  notify: {
    renderEvent: () => '{}',
    refusalOf: async () => null,
    send: async () => ({ kind: 'aborted' }),
    newSecret: () => ({ shown: '', kept: { key_id: '', box: '' } }),
    resealed: (_endpoint, secret) => secret,
  },
};
