import { Command, Option } from 'commander';
import type { Setup } from '../../../clients/typescript/src/client.ts';
import { acts, keyed, show } from './call.ts';

type Created = {
  customer: string;
  returnUrl: string;
  text: string;
  basis: string;
  frequency: 'one_time' | 'recurring';
  wording: string;
  key?: string;
};

/** `duecourse setups …` */
export function setupsCommand(): Command {
  const setups = new Command('setups').description('the saving of payment methods');

  const shown = setups
    .command('show')
    .description('show a setup')
    .argument('<id>')
    .option('--wait <seconds>', 'for its status', Number);
  acts(shown, async ({ client, print }, id: string, { wait = 0 }: { wait?: number }) =>
    show(print, await client.GET('/v1/setups/{id}', { params: { path: { id }, query: { wait } } }), lineOf),
  );

  const create = setups
    .command('create')
    .description('make a link to the page where a customer agrees and saves a card')
    .requiredOption('--customer <id>', 'whose card it will be')
    .requiredOption('--return-url <address>', 'where the customer is sent afterwards')
    .requiredOption('--text <words>', 'what the customer agrees to')
    .requiredOption('--basis <words>', 'how amounts are reckoned')
    .addOption(
      new Option('--frequency <f>', 'how many charges may rest on it')
        .choices(['one_time', 'recurring'])
        .default('recurring'),
    )
    .option('--wording <name>', 'your name for this text', 'command line')
    .option('--key <key>', 'the Idempotency-Key; the same again makes nothing new');
  acts(create, async ({ client, print }, given: Created) => {
    const { customer, returnUrl: return_url, text, basis: amount_basis, frequency, wording: version } = given;
    const terms = { scope: 'off_session', frequency, collect: true } as const;
    const consent = { ...terms, text, amount_basis, version };
    const body = { customer, return_url, via: 'checkout', consent } as const;
    show(print, await client.POST('/v1/setups', { params: keyed(given.key), body }), lineOf);
  });

  return setups;
}

function lineOf({ id, status, detail, url, payment_method }: Setup): string {
  return [id, status, detail, payment_method, url].filter(Boolean).join('  ');
}
