/** What the merchants' programs beside this file do alike: their client, and its calls with a key for each. */
import { readFileSync } from 'node:fs';
import {
  answerOf,
  type Charge,
  createClient,
  type NewCharge,
  type NewConsent,
  type Setup,
} from '../clients/typescript/src/client.ts';

const { DUECOURSE_API_URL: baseUrl, DUECOURSE_API_KEY: apiKey } = process.env;
if (!baseUrl || !apiKey) throw new Error('Set DUECOURSE_API_URL and DUECOURSE_API_KEY');

export const duecourse = createClient({ baseUrl, apiKey });

/** The id of a customer: created once, then found by its reference. */
export async function customerOf(reference: string, name: string, email: string): Promise<string> {
  const body = { reference, name, email };
  return answerOf(await duecourse.POST('/v1/customers', { body })).id;
}

/** A charge, which its reference makes one however often it is asked for. */
export async function chargeOnce(body: NewCharge & { reference: string }): Promise<Charge> {
  const params = { header: { 'Idempotency-Key': body.reference } };
  return answerOf(await duecourse.POST('/v1/charges', { params, body }));
}

/** A charge once it is settled, or waits for its customer, or so many seconds are over. */
export async function settled(id: string, wait: number): Promise<Charge> {
  const params = { path: { id }, query: { wait } };
  return answerOf(await duecourse.GET('/v1/charges/{id}', { params }));
}

/** The saving of a card, which its key makes one; its `url` is for the customer. */
export async function setupOnce(key: string, customer: string, consent: NewConsent): Promise<Setup> {
  const params = { header: { 'Idempotency-Key': key } };
  const body = { customer, consent, via: 'checkout', return_url: 'https://merchant.example/thanks' } as const;
  return answerOf(await duecourse.POST('/v1/setups', { params, body }));
}

/** Why a charge stands where it does, in one word. */
export function reasonOf({ last_error, detail }: Charge): string | null {
  return last_error?.decline_code ?? last_error?.code ?? detail;
}

/** The lines of a file beside this one, cell by cell, without its head. */
export function readCells(file: string): string[][] {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.slice(1).map((line) => line.split(','));
}

export const money = (minor: number, currency = 'eur') =>
  `${(minor / 100).toFixed(2)} ${currency.toUpperCase()}`;
