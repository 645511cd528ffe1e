import { readSealed, writeResealed } from '../../store/notify/sealed-secrets.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * Brings every endpoint's secrets under the newest key. Keys come from the environment, so each process does it as it starts:
 * once all have been restarted with a new key, nothing needs the one before.
 */
export async function resealSecrets({ sql, notify }: Pick<Dependencies, 'sql' | 'notify'>): Promise<void> {
  for (const sealed of await readSealed(sql)) {
    const secrets = sealed.secrets.map((secret) => notify.resealed(sealed.id, secret));
    const isSame = secrets.every((secret, place) => secret === sealed.secrets[place]);
    if (!isSame) await writeResealed(sql, sealed, secrets);
  }
}
