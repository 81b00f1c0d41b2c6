import { RENEWED } from '../components/client/renewed.ts';
import type { Files } from '../lab/experiment.ts';
import { digest } from '../lab/portable/digest.ts';
import type { Served, ServedFiles } from './offer.ts';

/** Where files come from: the site, or a test. */
export interface Source {
  fetch(url: string): Promise<Response>;
}

/** A file of the site. @throws Error in words for a reader, with the address */
export async function download({ fetch }: Source, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const failed = (what: string, cause?: unknown): Error =>
    new Error(`The file ${url} ${what}. ${RENEWED}`, { cause });
  const response = await fetch(url).catch((cause: unknown) => {
    throw failed('did not arrive', cause);
  });
  if (!response.ok) throw failed(`did not arrive (status ${response.status})`);
  if (response.headers.get('content-type')?.includes('text/html'))
    throw new Error(`A web page came in place of the file ${url}. ${RENEWED}`);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw failed('broke off', cause);
  }
}

/** @throws Error in words for a reader */
export function parseJson(bytes: Uint8Array, url: string): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const start = text.trimStart().slice(0, 20);
    const what = `The file ${url} does not hold results: it begins with “${start}”.`;
    throw new Error(`${what} ${RENEWED}`, { cause });
  }
}

/** A file by what its bytes hash to. @throws Error in words for a reader, where other bytes come */
async function fetchServed(source: Source, site: string, file: Served): Promise<Uint8Array> {
  const url = new URL(file.path, site).href;
  const bytes = await download(source, url);
  const content = file.path.startsWith('artifacts/')
    ? new TextEncoder().encode(JSON.stringify((parseJson(bytes, url) as { data: unknown }).data))
    : bytes;
  const hash = await digest(content);
  if (hash === file.sha256) return content;
  const hashes = `sha256 ${hash.slice(0, 12)}…, expected ${file.sha256.slice(0, 12)}…`;
  throw new Error(`The bytes of ${url} are not those of the record (${hashes}). ${RENEWED}`);
}

/** Fetches files of the site, each once. */
export function openFiles(source: Source, site: string): (files: ServedFiles) => Promise<Files> {
  const known = new Map<string, Promise<Uint8Array>>();
  const get = (file: Served): Promise<Uint8Array> => {
    const found = known.get(file.sha256) ?? fetchServed(source, site, file);
    known.set(file.sha256, found);
    found.catch(() => known.delete(file.sha256));
    return found;
  };
  return async (files) =>
    Object.fromEntries(
      await Promise.all(Object.entries(files).map(async ([name, file]) => [name, await get(file)])),
    ) as Files;
}
