import { fault } from './fault.ts';
import { type Client, request, shownAddress } from './request.ts';
import { insist, Passing, PATIENCE } from './retry.ts';
import type { Source } from './source.ts';

/**
 * A checkpoint at a web address, read by ranges: nothing is stored.
 * @param address of the folder
 */
export function httpSource(
  address: string,
  { fetch = globalThis.fetch, token, home = address, patience = PATIENCE }: Partial<Client> = {},
): Source {
  const where = shownAddress(address).replace(/\/$/, '');
  const base = address.replace(/\/?$/, '/');
  const client = { fetch, token, home, patience };
  const known = new Map<string, Version | undefined>();
  const probe = (path: string): Promise<Version | undefined> =>
    insist(patience, () => probeOnce(client, base + path));
  return {
    where,
    async size(path) {
      const version = await probe(path);
      known.set(path, version);
      return version?.size;
    },
    read: (path, start, end) =>
      insist(patience, () => readOnce(client, base + path, start, end, known.get(path))),
  };
}

/** What must not change between two ranges of one file. */
interface Version {
  readonly size: number;
  readonly etag: string | null;
}

async function probeOnce(client: Client, address: string): Promise<Version | undefined> {
  const range = { headers: { range: 'bytes=0-0' } };
  const { response } = await request(client, address, range, [404, 416]);
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  const isEmpty = response.status === 200 && response.headers.get('content-length') === '0';
  const total = isEmpty ? 0 : contentRange(response).total;
  if (total === undefined)
    fault(shownAddress(address), 'ranges of a file', `status ${response.status}`, NO_RANGES);
  return { size: total, etag: response.headers.get('etag') };
}

const NO_RANGES = 'download the files and read them from a folder: this server gives no ranges';

async function readOnce(
  client: Client,
  address: string,
  start: number,
  end: number,
  version: Version | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start);
  if (bytes.length === 0) return bytes;
  const where = shownAddress(address);
  const answer = await request(client, address, {
    headers: { range: `bytes=${start}-${end - 1}` },
  });
  const got = contentRange(answer.response);
  if (got.start !== start) fault(where, `bytes from ${start}`, `from ${got.start}`, NO_RANGES);
  const etag = answer.response.headers.get('etag');
  if (version && (got.total !== version.size || etag !== version.etag))
    fault(where, 'the file as it was', 'another version of it', 'read it again from the start');
  let done = 0;
  await answer.read((piece) => {
    if (done + piece.length > bytes.length)
      fault(where, `${bytes.length} bytes`, 'more', 'report it to whoever runs that server');
    bytes.set(piece, done);
    done += piece.length;
  });
  if (done < bytes.length)
    throw new Passing(`${where}: expected ${bytes.length} bytes, got ${done}; try again`);
  return bytes;
}

/** `bytes 0-0/1234`; of an empty file, `bytes` with a star for the range. */
export function contentRange({ status, headers }: Response): { start?: number; total?: number } {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers.get('content-range') ?? '');
  if (!match || (status !== 206 && status !== 416)) return {};
  return { start: Number(match[1]), total: Number(match[2]) };
}
