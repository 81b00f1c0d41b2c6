import { printable } from '../output.ts';

/** How much an archive may unpack to. */
export interface Limits {
  bytes: number;
  files: number;
}

export const LIMITS: Limits = { bytes: 16 * 2 ** 30, files: 100_000 };

/** No file can be read that is longer. */
const LONGEST = 2 ** 31 - 1;

/** Counts what comes out of an archive, and ends it where that is too much. */
export class Budget {
  readonly #source: string;
  readonly #limits: Limits;
  #bytes = 0;
  #files = 0;

  constructor(source: string, limits: Limits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** @param size as the archive states it, before it is read */
  take(path: string, size: number): void {
    this.#files += 1;
    this.#bytes += size;
    const { bytes, files } = this.#limits;
    if (this.#files > files) this.#refuse('files', files);
    if (this.#bytes > bytes) this.#refuse('bytes', bytes);
    if (size > LONGEST)
      fail(
        `files of at most ${LONGEST} bytes in ${this.#source}`,
        `${size}: ${path}`,
        'leave it out',
      );
  }

  #refuse(unit: keyof Limits, most: number): never {
    const option = `--max-${unit} ${10 * most}`;
    fail(`at most ${most} ${unit} in ${this.#source}`, 'more', `if you trust it, give ${option}`);
  }
}

export function fail(expected: string, got: string, remedy: string): never {
  throw new Error(printable(`import: expected ${expected}, got ${got}; ${remedy}`));
}
