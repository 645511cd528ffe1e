/** What the merchants' programs beside this file do alike: their client, and its calls with a key for each. */
import { readFileSync } from 'node:fs';
import * as client from '../clients/typescript/src/client.ts';

const { DUECOURSE_API_URL: baseUrl, DUECOURSE_API_KEY: apiKey } = process.env;
if (!baseUrl || !apiKey) throw new Error('Set DUECOURSE_API_URL and DUECOURSE_API_KEY');

export const duecourse = client.createClient({ baseUrl, apiKey });

/** The id of a customer: created once, then found by its reference. */
export async function customerOf(reference: string, name: string, email: string): Promise<string> {
  return client.answerOf(await duecourse.POST('/v1/customers', { body: { reference, name, email } })).id;
}

/** The saving of a card, or of an account for debits, which its key makes one; its `url` is for the customer. */
export async function setupOnce(
  key: string,
  customer: string,
  agreed: Partial<client.NewConsent>,
  type: 'card' | 'sepa_debit' = 'card',
) {
  const terms = { scope: 'off_session', frequency: 'recurring', version: '2026-10' } as const;
  const consent = { amount_basis: '', text: '', ...terms, ...agreed };
  const page = { via: 'checkout', return_url: 'https://merchant.example/thanks' } as const;
  const body = { customer, consent, payment_method_types: [type], ...page };
  const params = { header: { 'Idempotency-Key': key } };
  return client.answerOf(await duecourse.POST('/v1/setups', { params, body }));
}

/** A charge, which its reference makes one however often it is asked for. */
export async function chargeOnce(body: client.NewCharge & { reference: string }): Promise<client.Charge> {
  const params = { header: { 'Idempotency-Key': body.reference } };
  return client.answerOf(await duecourse.POST('/v1/charges', { params, body }));
}

/** Gives a part of a charge back, found by its reference; which its key makes one. */
export async function refundOnce(reference: string, amount: number): Promise<string> {
  const found = client.answerOf(await duecourse.GET('/v1/charges', { params: { query: { reference } } }));
  const path = { id: found.data[0]?.id ?? '' };
  const params = { path, header: { 'Idempotency-Key': `refund-${reference}-${amount}` } };
  client.answerOf(await duecourse.POST('/v1/charges/{id}/refunds', { params, body: { amount } }));
  return `${money(amount)} go back.`;
}

/** A charge once it is settled, or waits for its customer, or so many seconds are over. */
export async function settled(id: string, wait: number): Promise<client.Charge> {
  const params = { path: { id }, query: { wait } };
  return client.answerOf(await duecourse.GET('/v1/charges/{id}', { params }));
}

/** Why a charge stands where it does, in one word. */
export function reasonOf({ last_error, detail }: client.Charge): string | null {
  return last_error?.decline_code ?? last_error?.code ?? detail;
}

/** Whether a call was refused: with one of these codes, if any are named. */
export function isRefused(error: unknown, ...codes: client.Problem['code'][]): boolean {
  if (!(error instanceof client.Refused)) return false;
  return codes.length === 0 || codes.some((code) => code === error.code);
}

/** Tariffs are thousandths of a cent: one multiplication, rounded half up once, and no fraction anywhere. */
export function readUsage(line: string) {
  const [account = '', name = '', email = '', tariff, previous, current] = line.split(',');
  const kwh = Number(current) - Number(previous);
  const amount = Math.floor((kwh * Number(tariff) + 500) / 1_000);
  if (!Number.isSafeInteger(amount)) throw new Error(`This is no line of usage: ${line}`);
  return { account, name, email, kwh, amount };
}
export type Usage = ReturnType<typeof readUsage>;

/** The lines of a file beside this one, cell by cell, without its head. */
export function readCells(file: string): string[][] {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.slice(1).map((line) => line.split(','));
}

export function money(minor: number, currency = 'eur'): string {
  return `${(minor / 100).toFixed(2)} ${currency.toUpperCase()}`;
}
