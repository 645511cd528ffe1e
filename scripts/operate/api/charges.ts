import { Command, Option } from 'commander';
import type { Charge, NewCharge } from '../../../clients/typescript/src/client.ts';
import { formatAmount } from '../../../src/domain/money.ts';
import { acts, keyed, label, show, showPage, withPage } from './call.ts';
import { sent } from './customers.ts';

const STATUSES = ['scheduled', 'processing', 'requires_action', 'succeeded', 'failed', 'canceled'] as const;
type Found = {
  customer?: string;
  status?: (typeof STATUSES)[number];
  reference?: string;
  limit?: number;
  cursor?: string;
};
type Created = Pick<
  NewCharge,
  'customer' | 'amount' | 'currency' | 'description' | 'reference' | 'metadata'
> & {
  dueAt?: string;
  paymentMethod?: string;
  key?: string;
};

/** `duecourse charges …` */
export function chargesCommand(): Command {
  const charges = new Command('charges').description('what is taken from whom');
  charges.addCommand(listCommand()).addCommand(createCommand());

  const shown = charges
    .command('show')
    .description('show a charge')
    .argument('<id>')
    .option('--wait <seconds>', 'for its status', Number);
  acts(shown, async ({ client, print }, id: string, { wait = 0 }: { wait?: number }) =>
    show(print, await client.GET('/v1/charges/{id}', { params: { path: { id }, query: { wait } } }), lineOf),
  );

  acts(
    charges.command('cancel').description('ask for the end of a charge').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(print, await client.POST('/v1/charges/{id}/cancel', { params: { path: { id } } }), lineOf),
  );

  acts(
    charges.command('timeline').description('what happened to a charge, oldest first').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(print, await client.GET('/v1/charges/{id}/timeline', { params: { path: { id } } }), ({ data }) =>
        data
          .map(({ at, entity, to, cause, type }) => [at, entity, to, cause, type].filter(Boolean).join('  '))
          .join('\n'),
      ),
  );

  return charges;
}

function listCommand(): Command {
  const list = withPage(new Command('list').description('list charges, newest first'))
    .option('--customer <id>', 'only those of this customer')
    .addOption(new Option('--status <status>', 'only those that stand there').choices(STATUSES))
    .option('--reference <r>', 'only that of this reference');
  return acts(list, async ({ client, print }, given: Found) => {
    const { customer, status, reference, limit, cursor } = given;
    const query = sent({ customer, status, reference, limit, cursor });
    showPage(print, await client.GET('/v1/charges', { params: { query } }), lineOf);
  });
}

function createCommand(): Command {
  const create = new Command('create')
    .description('charge a saved payment method')
    .requiredOption('--customer <id>', 'who is charged')
    .requiredOption('--amount <n>', "in the currency's minor unit", Number)
    .requiredOption('--currency <code>', 'such as eur')
    .requiredOption('--description <words>', 'what it is for, as the customer reads it')
    .option('--reference <r>', 'your own id of the charge')
    .option('--due-at <time>', 'not before this time')
    .option('--payment-method <id>', "by default the customer's default")
    .option('--metadata <label=text>', 'a label of yours; may be repeated', label)
    .option(
      '--key <key>',
      'the Idempotency-Key, by default the reference: the same again charges nothing new',
    );
  return acts(create, async ({ client, print }, given: Created) => {
    const { customer, amount, currency, description, reference, metadata, key } = given;
    const more = sent({ reference, metadata, due_at: given.dueAt, payment_method: given.paymentMethod });
    const body = { customer, amount, currency, description, ...more };
    show(print, await client.POST('/v1/charges', { params: keyed(key ?? reference), body }), lineOf);
  });
}

function lineOf(charge: Charge): string {
  const { id, status, detail, amount, currency, reference, last_error } = charge;
  const why = last_error?.decline_code ?? last_error?.code;
  return [id, status, detail, formatAmount(amount, currency, 'en'), reference, why]
    .filter(Boolean)
    .join('  ');
}
