/** The report of a run as text, piece by piece. Net is what was received and has not gone back. */
import { type ChargeState, machines } from '../../domain/machines.ts';
import type { ReportLine } from '../../store/run/run-report.ts';
import type { RunView } from '../schemas/run.ts';

const COLUMNS = [
  'charge',
  'reference',
  'customer',
  'customer_reference',
  'status',
  'detail',
  'currency',
  'amount',
  'received',
  'refunded',
  'net',
  'last_error',
  'settled_at',
] as const;

type Pages = AsyncIterable<readonly ReportLine[]>;

export async function* reportCsv(pages: Pages): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for await (const page of pages)
    yield page.map((line) => `${COLUMNS.map((name) => cell(shown(line)[name])).join(',')}\r\n`).join('');
}

export async function* reportJson(run: RunView, pages: Pages): AsyncGenerator<string> {
  yield `{"run":${JSON.stringify(run)},"data":[`;
  let isFirst = true;
  for await (const page of pages) {
    const lines = page.map((line) => JSON.stringify({ ...shown(line), usage: line.usage })).join(',');
    yield isFirst || lines === '' ? lines : `,${lines}`;
    isFirst &&= lines === '';
  }
  yield ']}';
}

function shown(line: ReportLine) {
  return {
    charge: line.id,
    reference: line.reference,
    customer: line.customer_id,
    customer_reference: line.customer_reference,
    status: machines.charge.statuses[line.state as ChargeState],
    detail: line.detail,
    currency: line.currency,
    amount: line.amount_minor,
    received: line.received_minor,
    refunded: line.refunded_minor,
    net: line.received_minor - line.refunded_minor,
    last_error: line.code,
    settled_at: line.settled_at?.toISOString() ?? null,
  };
}

/** A cell that a spreadsheet would take for a formula is written as text (owasp.org, "CSV Injection"). */
function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
