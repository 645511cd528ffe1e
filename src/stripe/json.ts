/** Reading one field of an untrusted JSON object: the value if it has the type, else null. */

export type Json = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The object that a text holds; null when it holds something else or is no JSON. */
export function parseObject(text: string): Json | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A text that is not empty: Stripe's empty strings mean absent. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The texts of a list; null for anything else. */
export function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : null;
}

export function integerOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

export function booleanOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/** The id of an object that may be expanded or not. */
export function idOf(value: unknown): string | null {
  return textOf(value) ?? textOf(objectOf(value)?.id);
}

/** The value if it is one of the known ones. */
export function oneOf<T extends string>(known: readonly T[], value: unknown): T | null {
  return known.find((candidate) => candidate === value) ?? null;
}

/** The named texts of an object, without those that are absent. */
export function pickTexts<K extends string>(value: unknown, keys: readonly K[]): { [P in K]?: string } {
  const source = objectOf(value);
  const picked: { [P in K]?: string } = {};
  for (const key of keys) {
    const text = textOf(source?.[key]);
    if (text !== null) picked[key] = text;
  }
  return picked;
}
