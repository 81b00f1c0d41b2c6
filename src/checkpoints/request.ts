import { fault } from './fault.ts';
import { Passing, type Patience } from './retry.ts';

/** A web address for messages: no query, which may hold a signature, and no user. */
export function shownAddress(address: string | URL): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

/** What requests are made with. */
export interface Client {
  readonly fetch: typeof fetch;
  /** Sent to the origin of `home` and nowhere else. */
  readonly token: string | undefined;
  readonly home: string;
  readonly patience: Patience;
}

/** The headers have come; the body is read through `read`, which breaks off when it stalls. */
export interface Answer {
  readonly response: Response;
  read(onPiece: (piece: Uint8Array) => void | Promise<void>): Promise<void>;
}

/**
 * One request, once.
 * @param accepted statuses that are no errors, besides those of success
 * @throws Passing where it may be worth trying again; CheckpointError where it is not: the message
 * says what to do, and holds neither token nor query
 */
export async function request(
  { fetch, token, home, patience }: Client,
  address: string,
  init: RequestInit = {},
  accepted: readonly number[] = [],
): Promise<Answer> {
  const where = shownAddress(address);
  const headers = new Headers(init.headers);
  // fetch itself drops this header where it is redirected to another origin.
  if (token !== undefined && new URL(address).origin === new URL(home).origin)
    headers.set('authorization', `Bearer ${token}`);
  const watch = new Watch(patience.stall);
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await watch.during(work);
    } catch (error) {
      const got = watch.stalled ? `nothing for ${patience.stall} ms` : reason(error);
      throw new Passing(`${where}: expected an answer, got ${got}; check the connection`, {
        cause: error,
      });
    }
  };
  const response = await guarded(fetch(address, { ...init, headers, signal: watch.signal }));
  if (!response.ok && !accepted.includes(response.status))
    await refuse(where, response, token !== undefined);
  return {
    response,
    async read(onPiece) {
      const reader = response.body?.getReader();
      if (!reader) return;
      try {
        for (;;) {
          const { done, value } = await guarded(reader.read());
          if (done) return;
          await onPiece(value);
        }
      } finally {
        await reader.cancel().catch(() => {});
      }
    },
  };
}

/** Aborts what takes too long. */
class Watch {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stalled(): boolean {
    return this.signal.aborted;
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#controller.abort(), this.#milliseconds);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'none';
  const inner = error.cause instanceof Error ? error.cause : error;
  return 'code' in inner ? String(inner.code) : inner.message;
}

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

async function refuse(where: string, response: Response, signedIn: boolean): Promise<never> {
  const { status, headers } = response;
  await response.body?.cancel();
  const got = [status, headers.get('x-error-code')].filter((part) => part !== null).join(' ');
  if (PASSING.has(status)) {
    const after = retryAfter(headers.get('retry-after'));
    const wait =
      after === undefined ? 'try again later' : `try again in ${Math.ceil(after / 1000)} s`;
    const options = after === undefined ? {} : { after };
    throw new Passing(`${where}: expected an answer, got ${got}; ${wait}`, options);
  }
  return fault(where, 'an answer', got, remedyOf(status, signedIn));
}

function remedyOf(status: number, signedIn: boolean): string {
  if (status === 404) return 'check the names of repository, revision and file';
  if (status === 401 || status === 403) {
    return signedIn
      ? 'check that HF_TOKEN is valid, and that its owner may read this repository and accepted its terms'
      : 'check the name of the repository; if it is private or gated, set HF_TOKEN';
  }
  return 'report it to whoever runs that server';
}

/** Milliseconds; the header gives seconds or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
