type Params = { [key: string]: Params | string } | string[] | string;

/**
 * Decodes `a[b][0]=c` by the rules of Stripe's wire, written apart from the simulator's own parser so that
 * the two can disagree: an object whose keys are 0..n-1 becomes an array, `a[]` appends.
 */
export function decodeForm(encoded: string): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(encoded)) {
    const path = name.split('[').map((part) => part.replace(/\]$/, ''));
    let at = root;
    for (const [index, part] of path.entries()) {
      const key = part === '' ? String(Object.keys(at).length) : part;
      if (index === path.length - 1) at[key] = value;
      else at = at[key] = (at[key] ?? {}) as Record<string, unknown>;
      if (typeof at !== 'object') throw new Error(`${name} is both a value and an object`);
    }
  }
  return arrays(root) as Record<string, unknown>;
}

function arrays(value: unknown): Params {
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => [key, arrays(inner)] as const);
  const indexed = entries.length > 0 && entries.every(([key], index) => key === String(index));
  if (indexed) return entries.map(([, inner]) => inner) as string[];
  return Object.fromEntries(entries) as { [key: string]: Params };
}
