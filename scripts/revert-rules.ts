/**
 * Takes one rule of the simulator's specification (sections 3 and 5) out of its source at a time, in a copy
 * of the tree, and expects the test named for it to fail: `node --import tsx scripts/revert-rules.ts [part
 * of a rule's name]`. Prints a table; exits 1 when a rule can go without a test noticing, or when a test
 * fails before anything is changed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Rule, rules } from './simulator-rules.ts';

type Report = {
  testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
};
type Verdict = 'caught' | 'survived' | 'fails unchanged' | 'not found in the source' | 'no such test';

const root = fileURLToPath(new URL('..', import.meta.url));
const part = process.argv[2] ?? '';
const chosen = rules.filter((rule) => rule.name.includes(part));

const copy = mkdtempSync(join(tmpdir(), 'revert-rules-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
mkdirSync(join(copy, 'test'));
for (const path of ['simulator', 'test/simulator', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
  cpSync(join(root, path), join(copy, path), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

const verdicts = chosen.map((rule) => [rule, verdictOf(rule)] as const);
const width = Math.max(...chosen.map((rule) => rule.name.length));
for (const [rule, verdict] of verdicts) {
  process.stdout.write(`${rule.name.padEnd(width)}  ${verdict.padEnd(8)}  ${rule.file}  "${rule.test}"\n`);
}
const caught = verdicts.filter(([, verdict]) => verdict === 'caught').length;
process.stdout.write(`${caught} of ${chosen.length} reverted rules fail their test\n`);
process.exitCode = caught === chosen.length && caught > 0 ? 0 : 1;

function verdictOf(rule: Rule): Verdict {
  const file = join(copy, rule.file);
  const source = readFileSync(file, 'utf8');
  if (source.split(rule.find).length !== 2) return 'not found in the source';
  const before = run(rule);
  if (before.length === 0) return 'no such test';
  if (before.includes('failed')) return 'fails unchanged';
  writeFileSync(
    file,
    source.replace(rule.find, () => rule.replace),
  );
  const after = run(rule);
  writeFileSync(file, source);
  return after.includes('failed') ? 'caught' : 'survived';
}

/** The statuses of the tests that bear the rule's test name; empty when the file does not even load. */
function run(rule: Rule): string[] {
  const pattern = rule.test.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const vitest = ['vitest', 'run', '--project', 'simulator', rule.testFile, '-t', pattern];
  spawnSync('npx', [...vitest, '--reporter=json', `--outputFile=${report}`], { cwd: copy, stdio: 'ignore' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults
    .flatMap((each) => each.assertionResults)
    .filter((each) => each.fullName.includes(rule.test) && each.status !== 'skipped')
    .map((each) => each.status);
}
