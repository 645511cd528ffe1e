/**
 * Removes one rule of the simulator from its source at a time, in a copy of the tree, and expects the test that the
 * rule names to fail: `node --import tsx scripts/prove/revert-rules.ts [part of a rule's name]`. Prints a table;
 * exits 1 if no test notices that a rule is gone, or if a test fails before anything is changed.
 */
import { judgeMutations, tableOf, tallyOf } from './mutations/judge.ts';
import type { Mutation } from './mutations/mutation.ts';
import { rules } from './simulator-rules.ts';

const part = process.argv[2] ?? '';
const mutations = rules
  .filter((rule) => rule.name.includes(part))
  .map(
    ({ name, file, find, replace, testFile, test }): Mutation => ({
      name,
      edits: [{ file, find, replace }],
      check: { project: 'simulator', file: testFile, test },
    }),
  );

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const verdicts = await judgeMutations(mutations, {
  copies: 2,
  env: process.env,
  elsewhere: ['simulator'],
  onVerdict: () => {},
});
const { caught } = tallyOf(verdicts);
process.stdout.write(`${tableOf(verdicts)}${caught} of ${mutations.length} reverted rules fail their test\n`);
process.exitCode = caught === mutations.length && caught > 0 ? 0 : 1;
