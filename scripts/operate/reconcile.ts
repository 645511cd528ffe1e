import { reconcileCommand } from './commands/reconcile.ts';
import { runCommand } from './operator-command.ts';

runCommand(reconcileCommand, process.argv.slice(2));
