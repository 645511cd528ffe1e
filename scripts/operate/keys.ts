import { keysCommand } from './commands/keys.ts';
import { runCommand } from './operator-command.ts';

runCommand(keysCommand, process.argv.slice(2));
