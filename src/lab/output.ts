import process from 'node:process';

// Control characters except tab and newline, and those that hide or turn text.
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g; // eslint-disable-line no-control-regex

/**
 * Text for a terminal: what would move its cursor, colour it, hide or reorder text is written out as `\u001b`. JSON
 * stays the same value.
 */
export const printable = (text: string): string =>
  text.replaceAll(UNSEEN, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Work goes on when nobody listens any more: a closed terminal, or a reader that is gone. */
export function surviveLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/**
 * Prepares a command's output. What it prints may come from an archive or a file of others, and is made printable;
 * an answer that could not be written is an error with exit status 1; messages that nobody reads are not.
 */
export function openOutput(): void {
  surviveLostReaders();
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.exitCode = 1;
    console.error(
      `lab: expected to write all of the answer, got ${error.code}; it is not complete`,
    );
  });
  for (const name of ['log', 'error'] as const) {
    const write = console[name].bind(console);
    console[name] = (...parts: unknown[]) => write(printable(parts.map(String).join(' ')));
  }
}
