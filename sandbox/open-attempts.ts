/** What each worker has on the wire, read from its log, because the rows do not say who holds them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By process id: the charges whose attempt it opened and has not logged the end of, with the attempt's number. */
export function openAttemptsByPid(folder: string): Map<number, Map<string, number>> {
  const byPid = new Map<number, Map<string, number>>();
  const logs = join(folder, 'logs');
  const workers = readdirSync(logs).filter((name) => name.startsWith('worker'));
  for (const line of workers.flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'))) {
    if (!line.includes('"attempt.opened"') && !line.includes('"charge.settled"')) continue;
    const { pid, event, chargeId, attemptNumber } = JSON.parse(line) as Record<string, string | number>;
    const open = byPid.get(Number(pid)) ?? new Map<string, number>();
    byPid.set(Number(pid), open);
    if (event === 'attempt.opened') open.set(String(chargeId), Number(attemptNumber));
    else open.delete(String(chargeId));
  }
  return byPid;
}
