/** What ARCHITECTURE.md says of the code must be true: the table of log events. */
import type { SourceFile } from './source-tree.ts';

const SPEAKS = /^(?:src|workers|scripts)\//;

/**
 * One line for each event that the table lacks or invents, and for each that nothing logs. That a log line names no other
 * event than these is the compiler's business (`LogEvent`).
 */
export function logEventErrors(
  architecture: string,
  events: readonly string[],
  files: readonly SourceFile[],
): string[] {
  const speaking = files.filter(({ path }) => SPEAKS.test(path) && path !== 'src/platform/log-events.ts');
  const rows = architecture
    .split('\n')
    .filter((line) => /^\| (?:debug|info|warn|error|fatal|none) \|/.test(line));
  const explained = new Set(
    rows.flatMap((row) => [...row.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map((match) => match[1] ?? '')),
  );
  return [
    ...events.filter((event) => !explained.has(event)).map((event) => `${event} is not in the table`),
    ...[...explained]
      .filter((event) => !events.includes(event))
      .map((event) => `${event} is no event of src/platform/log-events.ts`),
    ...events
      .filter((event) => !speaking.some(({ text }) => text.includes(`'${event}'`)))
      .map((event) => `${event} is never logged`),
  ];
}
