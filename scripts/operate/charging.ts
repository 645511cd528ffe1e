import { chargingCommand } from './commands/charging.ts';
import { runCommand } from './operator-command.ts';

runCommand(chargingCommand, process.argv.slice(2));
