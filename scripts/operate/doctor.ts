import { doctorCommand } from './commands/doctor.ts';
import { runCommand } from './operator-command.ts';

runCommand(doctorCommand, process.argv.slice(2));
