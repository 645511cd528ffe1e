/** What the demo shows while it runs: a bar that fills on a terminal, plain lines everywhere else. */

export type Display = {
  /** A chapter of the story; `total` steps of it will be ticked. */
  chapter(title: string, total: number): Chapter;
  line(text: string): void;
};

export type Chapter = { tick(): void; note(text: string): void; end(summary: string): void };

const WIDTH = 28;
const FRAME_MS = 80;

/** Writes to `stream`; redraws only where that stream is a terminal. */
export function createDisplay(stream: NodeJS.WriteStream): Display {
  const isLive = stream.isTTY === true;
  const started = performance.now();
  const write = (text: string) => void stream.write(text);
  const clock = () => `${((performance.now() - started) / 1_000).toFixed(0).padStart(4)}s`;

  return {
    line: (text) => write(`${text}\n`),
    chapter: (title, total) => {
      let done = 0;
      let drawn_ms = 0;
      let note = '';
      const draw = (isLast: boolean): void => {
        const now = performance.now();
        if (!isLive || (!isLast && now - drawn_ms < FRAME_MS)) return;
        drawn_ms = now;
        const filled = total === 0 ? WIDTH : Math.min(WIDTH, Math.round((done / total) * WIDTH));
        const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
        // The next line could not overwrite one that wraps.
        const text = `${clock()}  ${title.padEnd(22)} ${bar} ${done}/${total}  ${note}`;
        write(`\r\x1b[2K${text.slice(0, stream.columns - 1)}`);
      };
      if (!isLive) write(`${clock()}  ${title} …\n`);
      draw(true);
      return {
        tick: () => {
          done += 1;
          draw(false);
        },
        note: (text) => {
          note = text;
          draw(true);
          if (!isLive) write(`${clock()}    ${text}\n`);
        },
        end: (summary) => {
          write(`${isLive ? '\r\x1b[2K' : ''}${clock()}  ${title.padEnd(22)} ${summary}\n`);
        },
      };
    },
  };
}
