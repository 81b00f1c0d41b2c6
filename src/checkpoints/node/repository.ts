import { HUB_URL, listFiles, modelInfo } from '@huggingface/hub';
import { join } from 'node:path';
import { fault } from '../fault.ts';
import { isObject } from '../json.ts';
import { type Client, request } from '../request.ts';
import { insist } from '../retry.ts';
import { type ListedFile, readCached, writeWhole } from './cache.ts';

/** A repository of models on the hub. */
export class Repository {
  readonly name: string;
  readonly #client: Client;
  /** Of this repository in the cache. */
  readonly #folder: string;

  constructor(name: string, client: Client, folder: string) {
    this.name = name;
    this.#client = client;
    this.#folder = folder;
  }

  /** What the hub's library needs; its requests are made with our patience and our care for the token. */
  get #hub(): { hubUrl: string; fetch: typeof fetch } {
    const client = this.#client;
    const patient = (address: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const to = address instanceof Request ? address.url : String(address);
      return insist(client.patience, async () => {
        const { response, read } = await request(client, to, init);
        const pieces: Uint8Array[] = [];
        await read((piece) => {
          pieces.push(piece);
        });
        return new Response(Buffer.concat(pieces), response);
      });
    };
    return { hubUrl: client.home, fetch: patient };
  }

  address = (commit: string, path: string): string =>
    [this.#client.home, this.name, 'resolve', commit, encodeURIComponent(path)].join('/');

  /** The commit that a branch or tag is at, now. */
  async commit(revision: string): Promise<string> {
    const { sha } = await modelInfo({
      name: this.name,
      revision,
      additionalFields: ['sha'],
      ...this.#hub,
    });
    if (!isCommit(sha))
      fault(`${this.#client.home}/${this.name}`, 'a commit', String(sha), 'try again later');
    await writeWhole(this.#reference(revision), JSON.stringify(sha));
    return sha;
  }

  /** The commit that it was at when last asked. */
  lastCommit = (revision: string): Promise<string | undefined> =>
    readCached(this.#reference(revision), isCommit);

  /** Files at a commit: from the cache, where the list is once it was asked for. */
  async files(commit: string): Promise<readonly ListedFile[]> {
    const cached = await this.cachedFiles(commit);
    if (cached) return cached;
    const files: ListedFile[] = [];
    for await (const { type, path, size, oid, lfs } of listFiles({
      repo: { type: 'model', name: this.name },
      revision: commit,
      ...this.#hub,
    })) {
      const hash = lfs ? ({ algorithm: 'sha256', hex: lfs.oid } as const) : gitHash(oid);
      if (type === 'file') files.push({ path, size: lfs?.size ?? size, hash });
    }
    if (!isListing(files))
      fault(`${this.#client.home}/${this.name}`, 'sizes and hashes', 'others', 'try again later');
    await writeWhole(this.#listing(commit), JSON.stringify(files));
    return files;
  }

  cachedFiles = (commit: string): Promise<readonly ListedFile[] | undefined> =>
    readCached(this.#listing(commit), isListing);

  #reference = (revision: string): string =>
    join(this.#folder, `${encodeURIComponent(revision)}.revision.json`);

  #listing = (commit: string): string => join(this.#folder, `${commit}.files.json`);
}

/** The hub of `HF_ENDPOINT`, or the one that the library knows. */
export const hubAddress = (environment: NodeJS.ProcessEnv): string =>
  (environment['HF_ENDPOINT'] || HUB_URL).replace(/\/+$/, '');

export const isCommit = (text: unknown): text is string =>
  typeof text === 'string' && /^[0-9a-f]{40}$/.test(text);

const gitHash = (oid = ''): ListedFile['hash'] => ({ algorithm: 'git-sha1', hex: oid });

const HEX_DIGITS = { sha256: 64, 'git-sha1': 40 } as const;

const isListing = (value: unknown): value is ListedFile[] =>
  Array.isArray(value) &&
  value.every(
    (file: unknown) =>
      isObject(file) &&
      typeof file['path'] === 'string' &&
      Number.isSafeInteger(file['size']) &&
      isHash(file['hash']),
  );

function isHash(hash: unknown): boolean {
  if (!isObject(hash)) return false;
  const { algorithm, hex } = hash;
  return (
    (algorithm === 'sha256' || algorithm === 'git-sha1') &&
    typeof hex === 'string' &&
    new RegExp(`^[0-9a-f]{${HEX_DIGITS[algorithm]}}$`).test(hex)
  );
}
