import { webhookEndpointCommand } from './commands/webhook-endpoint.ts';
import { runCommand } from './operator-command.ts';

runCommand(webhookEndpointCommand, process.argv.slice(2));
