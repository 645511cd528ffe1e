import { reviewCommand } from './commands/review.ts';
import { runCommand } from './operator-command.ts';

runCommand(reviewCommand, process.argv.slice(2));
