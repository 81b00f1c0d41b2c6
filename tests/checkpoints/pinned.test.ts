import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchPinned, fetchPinnedCheckpoint } from '../../src/checkpoints/node/pinned.ts';
import { listCheckpoint } from '../../src/checkpoints/node/hub.ts';
import type { PinnedFile } from '../../src/checkpoints/pinned.ts';
import { COMMIT, NAME } from './hub-server.ts';
import { cache, environment, expectWhole, failureOf, hub, PATIENCE, useHub } from './hub-case.ts';

useHub();

const CONTENT = new TextEncoder().encode(JSON.stringify({ être: 'be', une: 'a' }).repeat(5000));
const PATHS = ['data/fr_en.json', 'data/antonyms.json'];

const gitSha1 = (content: Uint8Array): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

/** The server's files, as whoever pinned them saw them. */
function pinned(path: string): PinnedFile {
  const content = Uint8Array.from([...CONTENT, ...new TextEncoder().encode(path)]);
  hub.files[path] = content;
  return {
    url: `${hub.address}/${NAME}/resolve/${COMMIT}/${path}?token=s3cr3t`,
    size: content.length,
    hash: { algorithm: 'git-sha1', hex: gitSha1(content) },
    origin: 'a test',
    licence: 'none',
  };
}
const fetchAll = (files = PATHS.map(pinned)) =>
  fetchPinned(files, { environment, patience: PATIENCE });
const expectRight = async (bytes: Promise<Uint8Array[]>): Promise<void> =>
  expect((await bytes).map((one) => Buffer.from(one))).toEqual(
    PATHS.map((path) => Buffer.from(hub.files[path]!)),
  );

describe('pinned files', () => {
  it('are fetched once, and from then on taken from the cache', async () => {
    await expectRight(fetchAll());
    hub.asked.length = 0;
    environment['HF_HUB_OFFLINE'] = '1';
    await expectRight(fetchAll());
    expect(hub.asked).toEqual([]);
  });

  it('survive cut connections, and go on where those broke off', async () => {
    hub.trouble = (_, count) => (count <= 3 ? { cut: 30_000 * count } : undefined);
    await expectRight(fetchAll());
    const starts = hub.asked.map(({ headers }) => /bytes=(\d+)/.exec(headers.range ?? '')?.[1]);
    expect(starts.filter((start) => start !== undefined).length).toBeGreaterThan(2);
  });

  it('of other content than pinned are refused, and nothing of them is kept', async () => {
    const files = PATHS.map(pinned);
    hub.files[PATHS[1]!] = hub.files[PATHS[1]!]!.toReversed();
    expect(await failureOf(fetchAll(files))).toMatch(
      /antonyms\.json: expected content of git-sha1/,
    );
    const kept = readdirSync(join(cache, 'files')).filter((name) => !name.startsWith('.'));
    expect(kept).toEqual([expect.stringContaining('fr_en.json')]);
  });

  it('that are not there are refused at once', async () => {
    const files = PATHS.map(pinned);
    delete hub.files[PATHS[0]!];
    expect(await failureOf(fetchAll(files))).toMatch(/fr_en\.json: expected an answer, got 404/);
    expect(hub.asked).toHaveLength(1);
  });

  it('that were damaged in the cache are fetched again', async () => {
    const files = PATHS.map(pinned);
    await fetchAll(files);
    const folder = join(cache, 'files');
    for (const name of readdirSync(folder))
      writeFileSync(join(folder, name), 'x'.repeat(files[0]!.size));
    await expectRight(fetchAll(files));
  });

  it('offline, or where nothing answers, say which files are lacking', async () => {
    const [first, second] = PATHS.map(pinned) as [PinnedFile, PinnedFile];
    await fetchAll([first]);
    environment['HF_HUB_OFFLINE'] = '1';
    const offline = await failureOf(fetchAll([first, second]));
    expect(offline).toMatch(
      /^files: expected \S*antonyms\.json, got none of them \(offline\); connect/,
    );
    delete environment['HF_HUB_OFFLINE'];
    hub.trouble = () => ({ status: 503 });
    const failing = await failureOf(fetchAll([first, second]));
    expect(failing).toMatch(/antonyms\.json, got none of them \(.*503.*\); connect to the network/);
  });
});

describe('a pinned checkpoint', () => {
  const pin = async () => {
    const { commit, files } = await listCheckpoint(NAME, { environment, patience: PATIENCE });
    const hashes = Object.fromEntries(files.map(({ path, hash }) => [path, hash]));
    return { repository: NAME, revision: commit, files: hashes };
  };
  const options = { patience: PATIENCE };

  it('is located without its weights, and fetched as it was then', async () => {
    const pinnedAs = await pin();
    expect(pinnedAs.revision).toBe(COMMIT);
    expect(hub.asked.every(({ what }) => what.startsWith('hub /api/'))).toBe(true);
    await expectWhole(await fetchPinnedCheckpoint(pinnedAs, { ...options, environment }));
  });

  it('is refused where the hub has other files under its commit', async () => {
    const { files, ...rest } = await pin();
    const { 'config.json': config, ...others } = files;
    const changed = {
      ...others,
      'config.json': { ...config!, hex: 'f'.repeat(40) },
      gone: config!,
    };
    const failure = await failureOf(
      fetchPinnedCheckpoint({ ...rest, files: changed }, { ...options, environment }),
    );
    expect(failure).toMatch(
      /expected the files that are declared, got another config\.json, no gone; declare/,
    );
  });
});
