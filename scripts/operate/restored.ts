import { restoredCommand } from './commands/restored.ts';
import { runCommand } from './operator-command.ts';

runCommand(restoredCommand, process.argv.slice(2));
