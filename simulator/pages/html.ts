/** Text that is safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `2599` of `eur` as `25.99 EUR`. Currencies without decimals are written without. */
export function money(amountMinor: number, currency: string): string {
  return `${major(amountMinor, currency)} ${currency.toUpperCase()}`;
}

/** `2599` of `eur` as `25.99`. */
export function major(amountMinor: number, currency: string): string {
  const digits = digitsOf(currency);
  return (amountMinor / 10 ** digits).toFixed(digits);
}

/** `25.99`, `25,9` or `26` of `eur` in minor units; null for anything else. */
export function minorOf(text: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,12})(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  return Number(whole + fraction.padEnd(digits, '0'));
}

function digitsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));

/** A whole page around what `body` has. Works without scripts, with the keyboard, on a phone. */
export function htmlPage(title: string, style: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #eef1f5; color: #1b2430; }
main { max-width: 26rem; margin: 3rem auto; padding: 1.5rem; background: #fff; border-radius: .5rem; }
label { display: block; margin: .75rem 0 .25rem; }
input:not([type=checkbox]) { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; }
button { margin: 1rem .5rem 0 0; padding: .6rem 1.1rem; font: inherit; cursor: pointer; }
.error { color: #a1131b; }
footer { margin-top: 1.5rem; font-size: .8rem; color: #5b6675; }
`;

/** A page of Stripe's that a customer sees. */
export function page(title: string, body: string): string {
  return htmlPage(
    title,
    STYLE,
    `<main>
${body}
<footer>Stripe simulator: no real bank, no real money.</footer>
</main>`,
  );
}
