/** A hub on this machine: its API, its files, and another server that large files are redirected to. */
import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export const NAME = 'tiny/mamba';
export const COMMIT = 'c0ffee'.padEnd(40, '0');

/** What goes wrong with the answer to a request. */
export type Trouble =
  | { status: number; headers?: Record<string, string> }
  /** The connection breaks after so many bytes. */
  | { cut: number }
  /** Nothing comes any more after so many bytes. */
  | { stall: number }
  /** The answer waits for something. */
  | { until: Promise<unknown> }
  | { content: Uint8Array }
  /** As if the server knew nothing of ranges. */
  | { ranges: false }
  | { etag: string };

interface Asked {
  /** Such as `hub /tiny/mamba/resolve/…/config.json` or `cdn /model.safetensors`. */
  what: string;
  headers: IncomingHttpHeaders;
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const gitSha1 = (content: Uint8Array): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

export class HubServer {
  readonly asked: Asked[] = [];
  files: Record<string, Uint8Array>;
  /** Names in the listing that have no file. */
  phantoms: string[] = [];
  /** If given, the hub refuses who does not send it. */
  token: string | undefined;
  trouble: (what: string, count: number) => Trouble | undefined = () => undefined;
  readonly #counts = new Map<string, number>();
  readonly #hub: Server;
  readonly #cdn: Server;

  constructor(files: Record<string, Uint8Array>) {
    this.files = files;
    this.#hub = createServer((asked, answer) => this.#receive('hub', asked, answer));
    this.#cdn = createServer((asked, answer) => this.#receive('cdn', asked, answer));
  }

  async start(): Promise<void> {
    for (const server of [this.#hub, this.#cdn])
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  get address(): string {
    return addressOf(this.#hub);
  }

  /** The requests for a file's content, by the start of the range they asked for. */
  starts(path: string): number[] {
    const own = this.asked.filter(({ what }) => what === `cdn /${path}`);
    return own.map(({ headers }) => Number(/bytes=(\d+)/.exec(headers.range ?? '')?.[1] ?? 0));
  }

  #receive(server: 'hub' | 'cdn', asked: IncomingMessage, answer: ServerResponse): void {
    const { pathname } = new URL(asked.url ?? '', 'http://localhost');
    const what = `${server} ${pathname}`;
    this.asked.push({ what, headers: asked.headers });
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    const trouble = this.trouble(what, count);
    const ready = trouble && 'until' in trouble ? trouble.until : Promise.resolve();
    void ready.then(() => this.#answer(server, pathname, asked, answer, trouble));
  }

  #answer(
    server: 'hub' | 'cdn',
    path: string,
    asked: IncomingMessage,
    answer: ServerResponse,
    trouble: Trouble | undefined,
  ): void {
    if (trouble && 'status' in trouble) {
      answer.writeHead(trouble.status, trouble.headers).end('{"error":"no"}');
      return;
    }
    if (server === 'cdn') return send(this.files[path.slice(1)], asked, answer, trouble);
    if (this.token !== undefined && asked.headers.authorization !== `Bearer ${this.token}`) {
      answer.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end();
      return;
    }
    this.#answerAsHub(path, asked, answer, trouble);
  }

  #answerAsHub(
    path: string,
    asked: IncomingMessage,
    answer: ServerResponse,
    trouble: Trouble | undefined,
  ): void {
    const page = new URL(asked.url ?? '', 'http://localhost').searchParams.get('page');
    if (path === `/api/models/${NAME}/revision/main`) {
      json(answer, { _id: '1', id: NAME, sha: COMMIT, lastModified: '2024-01-01T00:00:00Z' });
    } else if (path === `/api/models/${NAME}/tree/${COMMIT}`) {
      const next = `${this.address}${path}?page=2`;
      if (page === null) answer.setHeader('link', `<${next}>; rel="next"`);
      json(answer, this.#listing(page === null ? 0 : 1));
    } else {
      const file = path.replace(`/${NAME}/resolve/${COMMIT}/`, '');
      const content = this.files[file];
      if (content && !isLarge(file)) return send(content, asked, answer, trouble);
      if (content)
        answer
          .writeHead(302, { location: `${addressOf(this.#cdn)}/${file}?Signature=s3cr3t` })
          .end();
      else answer.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    }
  }

  /** Half of the list a page. */
  #listing(page: number): object[] {
    const phantoms = this.phantoms.map((path) => [path, new Uint8Array(3)] as const);
    const all = [...Object.entries(this.files), ...phantoms].map(([path, content]) => ({
      type: 'file',
      path,
      size: content.length,
      oid: gitSha1(content),
      ...(isLarge(path)
        ? { lfs: { oid: sha256(content), size: content.length, pointerSize: 135 } }
        : {}),
    }));
    return all.filter((_, i) => i % 2 === page);
  }
}

const addressOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const isLarge = (path: string): boolean => /\.(safetensors|bin)$/.test(path);

function json(answer: ServerResponse, value: unknown): void {
  answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function send(
  original: Uint8Array | undefined,
  asked: IncomingMessage,
  answer: ServerResponse,
  trouble: Trouble | undefined,
): void {
  if (!original) {
    answer.writeHead(404).end();
    return;
  }
  const content = trouble && 'content' in trouble ? trouble.content : original;
  const etag = trouble && 'etag' in trouble ? trouble.etag : sha256(content);
  const range = /^bytes=(\d+)-(\d*)$/.exec(asked.headers.range ?? '');
  const isRange = range !== null && !(trouble && 'ranges' in trouble);
  const start = isRange ? Number(range[1]) : 0;
  const end = isRange && range[2] ? Math.min(Number(range[2]) + 1, content.length) : content.length;
  const body = content.subarray(start, end);
  if (isRange && content.length === 0) {
    answer.writeHead(416, { 'content-range': 'bytes */0' }).end();
    return;
  }
  const headers = { etag, 'content-length': String(body.length) };
  const partial = { ...headers, 'content-range': `bytes ${start}-${end - 1}/${content.length}` };
  answer.writeHead(isRange ? 206 : 200, isRange ? partial : headers);
  if (trouble && 'cut' in trouble) {
    answer.write(body.subarray(0, trouble.cut), () => setTimeout(() => answer.destroy(), 20));
  } else if (trouble && 'stall' in trouble) {
    answer.write(body.subarray(0, trouble.stall));
  } else {
    answer.end(body);
  }
}
