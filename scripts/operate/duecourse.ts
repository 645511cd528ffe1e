#!/usr/bin/env node
/**
 * `npm run duecourse -- <words>`: one command line for merchants and operators. The first group talks to the API, by
 * DUECOURSE_API_URL and DUECOURSE_API_KEY or to the running sandbox; the second works on the deployment's database and Stripe,
 * as `npm run reconcile` and its like do. `--help` at each level, `--json` everywhere.
 */
import { Command } from 'commander';
import { chargesCommand } from './api/charges.ts';
import { customersCommand } from './api/customers.ts';
import { endpointsCommand } from './api/endpoints.ts';
import { eventsCommand } from './api/events.ts';
import { runsCommand } from './api/runs.ts';
import { setupsCommand } from './api/setups.ts';
import { chargingCommand } from './commands/charging.ts';
import { doctorCommand } from './commands/doctor.ts';
import { keysCommand } from './commands/keys.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { restoredCommand } from './commands/restored.ts';
import { reviewCommand } from './commands/review.ts';
import { webhookEndpointCommand } from './commands/webhook-endpoint.ts';
import { type OperatorCommand, runCommand } from './operator-command.ts';

const program = new Command('duecourse').description(
  'Charges saved payment methods while the customer is away.',
);

program.commandsGroup('By the API:');
for (const command of [
  customersCommand(),
  setupsCommand(),
  chargesCommand(),
  runsCommand(),
  eventsCommand(),
  endpointsCommand(),
])
  program.addCommand(command);

program.commandsGroup("On the deployment's database and Stripe:");
operate('doctor', 'whether this deployment can do its work, and the way out', doctorCommand);
operate('reconcile', 'compare our books with Stripe', reconcileCommand);
operate('review', 'what waits for a person, and the verbs that end it', reviewCommand);
operate('charging', 'the kill switch', chargingCommand);
operate('keys', 'API keys', keysCommand);
operate('restored', 'say that the database was restored', restoredCommand);
operate('webhook-endpoint', "Stripe's webhook endpoint of this deployment", webhookEndpointCommand);

/** It reads its words itself: here as by its own npm script. */
function operate(name: string, description: string, command: OperatorCommand): void {
  program
    .command(name)
    .description(description)
    .argument('[words...]')
    .allowUnknownOption()
    .usage('…')
    .addHelpText('after', `\n${command.usage}`)
    .action((words: string[]) => runCommand(command, words));
}

await program.parseAsync();
