import { Command } from 'commander';
import type { components } from '../../../clients/typescript/src/generated/schema.ts';
import { acts, label, show, showPage, withPage } from './call.ts';

type Customer = components['schemas']['Customer'];
type Found = { email?: string; reference?: string; query?: string; limit?: number; cursor?: string };

/** `duecourse customers …` */
export function customersCommand(): Command {
  const customers = new Command('customers').description('who is charged');

  const list = withPage(customers.command('list').description('list customers, newest first'))
    .option('--email <address>', 'the whole address')
    .option('--reference <r>', 'your own id of the customer')
    .option('--query <text>', 'part of the name or the address');
  acts(list, async ({ client, print }, { email, reference, query, limit, cursor }: Found) => {
    const asked = sent({ email, reference, query, limit, cursor });
    showPage(print, await client.GET('/v1/customers', { params: { query: asked } }), lineOf);
  });

  acts(
    customers.command('show').description('show a customer').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(print, await client.GET('/v1/customers/{id}', { params: { path: { id } } }), lineOf),
  );

  const create = customers
    .command('create')
    .description('create a customer, or find the one with this reference')
    .requiredOption('--email <address>', 'where mails go')
    .option('--name <name>', 'as mails and pages address them')
    .option('--reference <r>', 'your own id of the customer')
    .option('--locale <tag>', 'such as de-DE')
    .option('--time-zone <name>', 'such as Europe/Berlin')
    .option('--metadata <label=text>', 'a label of yours; may be repeated', label);
  acts(create, async ({ client, print }, given: Created) => {
    const { email, name, reference, locale, timeZone: time_zone, metadata } = given;
    const body = { email, ...sent({ name, reference, locale, time_zone, metadata }) };
    show(print, await client.POST('/v1/customers', { body }), lineOf);
  });

  return customers;
}

type Created = {
  email: string;
  name?: string;
  reference?: string;
  locale?: string;
  timeZone?: string;
  metadata?: Record<string, string>;
};

type Sent<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what was not given. */
export function sent<T extends object>(fields: T): Sent<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Sent<T>;
}

function lineOf({ id, reference, email, name, stopped_at }: Customer): string {
  return [id, reference, email, name, stopped_at === null ? null : 'stopped'].filter(Boolean).join('  ');
}
