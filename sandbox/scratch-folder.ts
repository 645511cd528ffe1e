/** Folders for what may be gone after a power cut. */
import { accessSync, chmodSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps it in memory; a container has 64 MB of it unless told otherwise. */
const IN_MEMORY = '/dev/shm';
/** More than the databases of a whole test run take, their log included. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * A new folder: in memory where this machine has the room for databases, otherwise below `elsewhere`. A test run makes and
 * drops some hundred databases of 700 files each, and on a disk that costs more processor time than the tests do.
 */
export function scratchFolder(prefix: string, elsewhere: string = tmpdir()): string {
  const folder = mkdtempSync(join(hasRoom() ? IN_MEMORY : elsewhere, prefix));
  // As root, Postgres runs as somebody else, who must get in.
  chmodSync(folder, 0o755);
  return folder;
}

function hasRoom(): boolean {
  try {
    accessSync(IN_MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
