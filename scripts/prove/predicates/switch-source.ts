/**
 * A source in which the environment chooses the mutant. So one tree, started once, plays all of them; a tree for each would
 * spend most of its time starting.
 */
import type { Found, Statement } from './mutants.ts';

/** Names the mutant that a process plays, by its index in `Found.mutants`. */
export const MUTANT = 'DUECOURSE_MUTANT';

/** Every statement also tells its number when it is made (`globalThis.reached`). */
export function switchSource(source: string, file: string, { mutants, statements }: Found): string {
  const own = statements.filter((one) => one.file === file);

  function within(start: number, end: number): string {
    const nested = own.filter((one) => one.start >= start && one.end <= end);
    const outermost = nested.filter(
      (one) => !nested.some((other) => other !== one && other.start <= one.start && other.end >= one.end),
    );
    let [text, at] = ['', start];
    for (const one of outermost.sort((a, b) => a.start - b.start)) {
      text += source.slice(at, one.start) + switched(one);
      at = one.end;
    }
    return text + source.slice(at, end);
  }

  function switched(one: Statement): string {
    const variants = mutants.flatMap(({ statement, start, end, replace }, mutant) =>
      statement === one.number
        ? `process.env.${MUTANT} === '${mutant}' ? (${source.slice(one.start, start)}${replace}${source.slice(end, one.end)}) : `
        : [],
    );
    return `((globalThis as any).reached?.(${one.number}), ${variants.join('')}(${inside(one)}))`;
  }

  /** The statement as it stands, with a switch for each that is nested in it. */
  function inside({ start, end }: Statement): string {
    const nested = own.filter(
      (one) => one.start >= start && one.end <= end && one.end - one.start < end - start,
    );
    if (nested.length === 0) return source.slice(start, end);
    const first = Math.min(...nested.map((one) => one.start));
    const last = Math.max(...nested.map((one) => one.end));
    return source.slice(start, first) + within(first, last) + source.slice(last, end);
  }

  return within(0, source.length);
}
