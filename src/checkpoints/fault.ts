/** A checkpoint, or the place it is in, is not as it should be; the message says what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** @throws CheckpointError `where: expected …, got …; what to do` */
export function fault(
  where: string,
  expected: string,
  got: string,
  remedy: string,
  cause?: unknown,
): never {
  throw new CheckpointError(`${where}: expected ${expected}, got ${got}; ${remedy}`, { cause });
}

const SHOWN = 80;

/** A text of unknown origin, quoted and short enough for one line of a message. */
export function quoted(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return JSON.stringify(short);
}

const LISTED = 5;

/** `a, b and 3 more` */
export function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  const shown = names.slice(0, LISTED).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
