import { CheckpointError } from './fault.ts';

/** How long to insist where a server or the way to it fails. */
export interface Patience {
  /** Attempts in a row that bring nothing, before giving up. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; twice as many before each further one. */
  readonly firstDelay: number;
  /** No wait is longer; where a server asks for a longer one, it is an error that says so. */
  readonly longestDelay: number;
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly stall: number;
}

export const PATIENCE: Patience = {
  attempts: 5,
  firstDelay: 500,
  longestDelay: 120_000,
  stall: 30_000,
};

/** A failure that may pass: worth another attempt. */
export class Passing extends CheckpointError {
  /** Milliseconds that the server asks to wait. */
  readonly after: number | undefined;
  constructor(message: string, { cause, after }: { cause?: unknown; after?: number } = {}) {
    super(message, { cause });
    this.after = after;
  }
}

/**
 * Makes an attempt until one succeeds or fails for good.
 * @param attempt is told how to say that it got further: attempts are counted from there anew
 * @throws CheckpointError of the last attempt
 */
export async function insist<T>(
  { attempts, firstDelay, longestDelay }: Patience,
  attempt: (progress: () => void) => Promise<T>,
): Promise<T> {
  let failed = 0;
  for (;;) {
    try {
      return await attempt(() => {
        failed = 0;
      });
    } catch (error) {
      if (!(error instanceof Passing) || ++failed >= attempts) throw error;
      const delay = Math.max(error.after ?? 0, firstDelay * 2 ** (failed - 1));
      if ((error.after ?? 0) > longestDelay) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(delay, longestDelay)));
    }
  }
}
