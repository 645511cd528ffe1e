import type { Dependencies } from '../../../src/billing/dependencies.ts';

/** Mails arrive and say nothing; there are no endpoints, so that nothing is owed to any. */
export const untold: Pick<Dependencies, 'recovery' | 'deliveries' | 'notify'> = {
  recovery: {
    link_key_ids: ['k1'],
    linkAddress: () => '',
    setupLinkAddress: () => '',
    sendMail: async () => ({ kind: 'sent', code: 'ok' }),
    sendNotice: async () => ({ kind: 'sent', code: 'ok' }),
    sendReceipt: async () => ({ kind: 'sent', code: 'ok' }),
    sendMandate: async () => ({ kind: 'sent', code: 'ok', version: '1' }),
    tellOperator: async () => ({ kind: 'sent', code: 'ok' }),
    public_url: 'https://pay.test',
  },
  deliveries: { read: async () => undefined, settle: async () => undefined },
  notify: {
    renderEvent: () => '{}',
    refusalOf: async () => null,
    send: async () => ({ kind: 'aborted' }),
    newSecret: () => ({ shown: '', kept: { key_id: '', box: '' } }),
    resealed: (_endpoint, secret) => secret,
  },
};
