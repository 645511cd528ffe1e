/** The evidence of a payment as a page to print. Every value goes through `escaped`; there is no script, no link, no form. */
import { createHash } from 'node:crypto';
import { pageHeaders } from '../../recovery/page/page-guard.ts';
import type { EvidenceView } from '../schemas/evidence.ts';

const STYLE = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #111; background: #fff }
h2 { margin: 2rem 0 .5rem; break-after: avoid }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #bbb; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #f2f2f2; font-weight: 600 }
tr { break-inside: avoid }
`;

/** As all pages of ours: nothing but this style is loaded, and nothing is sent anywhere. */
export function evidenceHeaders(public_origin: string): Readonly<Record<string, string>> {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return { ...pageHeaders(public_origin, null), 'content-security-policy': policy.join('; ') };
}

/** The whole page. */
export function evidencePage(evidence: EvidenceView): string {
  const { charge, customer, payment_method, consents, mails, presses, timeline } = evidence;
  const { attempts, refunds, disputes, early_fraud_warning, ...facts } = charge;
  const sections: [string, unknown][] = [
    ['Charge', facts],
    ['Customer', customer],
    [
      'Payment method',
      payment_method === null ? null : { ...payment_method, consent: payment_method.consent?.id },
    ],
    ['Consent', consents],
    ['Attempts', attempts],
    ['Mails', mails],
    ["Customer's presses", presses],
    ['Refunds', refunds],
    ['Disputes', disputes],
    ['Early fraud warning', early_fraud_warning],
    ['Timeline', timeline],
  ];
  const title = escaped(`Evidence of ${charge.id}`);
  const body = sections.map(([name, value]) => `<h2>${escaped(name)}</h2>${shown(value)}`).join('');
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head>` +
    `<body><h1>${title}</h1>${body}</body></html>`
  );
}

/** A list of objects is a table with a column for each field, an object a table with a row for each. */
function shown(value: unknown): string {
  if (value == null) return '–';
  if (typeof value !== 'object') return escaped(String(value));
  if (!Array.isArray(value)) {
    const rows = Object.entries(value).map(([name, field]) => row([heading(name), cell(field)]));
    return rows.length === 0 ? '–' : `<table>${rows.join('')}</table>`;
  }
  if (value.length === 0) return '–';
  if (value.every((item) => typeof item !== 'object')) return escaped(value.join(', '));
  const names = [...new Set(value.flatMap((item) => Object.keys(item as object)))];
  const rows = value.map((item) => row(names.map((name) => cell((item as Record<string, unknown>)[name]))));
  return `<table>${row(names.map(heading))}${rows.join('')}</table>`;
}

const row = (cells: readonly string[]): string => `<tr>${cells.join('')}</tr>`;
const heading = (name: string): string => `<th>${escaped(name)}</th>`;
const cell = (value: unknown): string => `<td>${shown(value)}</td>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
