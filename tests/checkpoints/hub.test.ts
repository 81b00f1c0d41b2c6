import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/checkpoint.ts';
import { readConfig } from '../../src/checkpoints/config.ts';
import {
  cachedRepositories,
  cacheFolder,
  removeRepository,
} from '../../src/checkpoints/node/cache.ts';
import { fetchCheckpoint, type FetchedCheckpoint } from '../../src/checkpoints/node/hub.ts';
import { readTensors } from '../../src/checkpoints/tensors.ts';
import { COMMIT, HubServer, NAME } from './hub-server.ts';
import { plain, safetensorsOf } from './memory.ts';

const TOKEN = 'hf_veryverysecret';
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
const [FIRST, SECOND] = SHARDS;
const LENGTH = 300_000;

const shard = (name: string): Uint8Array =>
  safetensorsOf({ [name]: { dtype: 'U8', shape: [LENGTH], data_offsets: [0, LENGTH] } }, LENGTH);
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const FILES: Readonly<Record<string, Uint8Array>> = {
  'README.md': text('not needed'),
  'config.json': text({ model_type: 'mamba', hidden_size: 32 }),
  'model.safetensors.index.json': text({ weight_map: { a: FIRST, b: SECOND } }),
  [FIRST]: shard('a'),
  [SECOND]: shard('b'),
  'pytorch_model.bin': text('not needed either'),
};
const NEEDED = Object.keys(FILES).filter((path) => !/README|\.bin/.test(path));

let hub: HubServer;
let cache: string;
let environment: NodeJS.ProcessEnv;

beforeEach(async () => {
  hub = new HubServer({ ...FILES });
  await hub.start();
  cache = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  environment = { HF_ENDPOINT: hub.address, LAB_CHECKPOINTS: cache };
});

afterEach(async () => {
  await hub.stop();
  rmSync(cache, { recursive: true, force: true });
});

const PATIENCE = { attempts: 4, firstDelay: 1, longestDelay: 3000, stall: 20_000 };

const get = (options: Parameters<typeof fetchCheckpoint>[1] = {}): Promise<FetchedCheckpoint> =>
  fetchCheckpoint(NAME, { environment, patience: PATIENCE, ...options });

/** Names of the files in the snapshot, the unfinished ones too. */
const kept = (): string[] => readdirSync(join(cache, 'tiny--mamba', COMMIT)).toSorted();

/** The text of an error, with all its causes. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('none'),
    (reason: unknown) => reason,
  );
  expect(error).toHaveProperty('name', 'CheckpointError');
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/verysecret|s3cr3t/);
  return error instanceof Error ? error.message : '';
}

async function expectWhole({ source }: FetchedCheckpoint): Promise<void> {
  const tensors = await readTensors(await openCheckpoint(source));
  const bytes = Buffer.from(Uint8Array.from({ length: LENGTH }, (_, i) => i)).toString('base64');
  const whole = { dtype: 'U8', shape: String(LENGTH), bytes };
  expect(plain(tensors)).toEqual({ a: whole, b: whole });
  expect(kept()).toEqual(NEEDED.toSorted());
}

describe('a checkpoint on the hub', () => {
  it('is downloaded once, and only what it needs', async () => {
    const progress: number[][] = [];
    const fetched = await get({ onProgress: (...at) => progress.push(at) });
    await expectWhole(fetched);
    expect((await readConfig(fetched.source)).count('hidden_size')).toBe(32);
    const total = NEEDED.reduce((sum, path) => sum + FILES[path]!.length, 0);
    expect(progress.at(-1)).toEqual([total, total]);
    hub.asked.length = 0;
    await expectWhole(await get());
    expect(hub.asked.map(({ what }) => what)).toEqual([`hub /api/models/${NAME}/revision/main`]);
  });

  it('of a commit is not asked for again at all', async () => {
    await get({ revision: COMMIT });
    hub.asked.length = 0;
    await expectWhole(await get({ revision: COMMIT }));
    expect(hub.asked).toEqual([]);
  });

  it('gets the token, which the server that files are redirected to does not', async () => {
    hub.token = TOKEN;
    environment['HF_TOKEN'] = `${TOKEN}\n`;
    await expectWhole(await get());
    const withToken = hub.asked.filter(
      ({ headers }) => headers.authorization === `Bearer ${TOKEN}`,
    );
    expect(withToken.every(({ what }) => what.startsWith('hub '))).toBe(true);
    expect(hub.starts(FIRST)).toEqual([0]);
    for (const { what, headers } of hub.asked)
      expect(headers.authorization, what).toBe(
        what.startsWith('hub ') ? `Bearer ${TOKEN}` : undefined,
      );
    const files = readdirSync(cache, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile()))
      expect(readFileSync(join(file.parentPath, file.name)).includes('verysecret')).toBe(false);
  });

  it('goes on where a connection broke, as often as each attempt brings something', async () => {
    hub.trouble = (what, count) =>
      what === `cdn /${FIRST}` && count <= 6 ? { cut: 40_000 } : undefined;
    await expectWhole(await get());
    const starts = hub.starts(FIRST);
    expect(starts).toHaveLength(7);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeGreaterThan(200_000);
  });

  it('gives up where nothing comes, says what is lacking, and goes on from there next time', async () => {
    hub.trouble = (what, count) =>
      what === `cdn /${SECOND}` ? { cut: count === 1 ? 100_000 : 0 } : undefined;
    const message = await failureOf(get());
    expect(message).toMatch(
      /still lacking: model-00002-of-00002\.safetensors; the same call goes on/,
    );
    expect(kept().filter((name) => name.endsWith('.safetensors'))).toEqual([FIRST]);
    hub.trouble = () => undefined;
    hub.asked.length = 0;
    await expectWhole(await get());
    expect(hub.starts(SECOND)[0]).toBeGreaterThan(50_000);
    expect(hub.starts(FIRST)).toEqual([]);
  });

  it('does not wait for a connection that stalls', async () => {
    hub.trouble = (what, count) =>
      what === `cdn /${FIRST}` && count === 1 ? { stall: 100_000 } : undefined;
    await expectWhole(await get({ patience: { ...PATIENCE, stall: 1000 } }));
    expect(hub.starts(FIRST)[1]).toBeGreaterThan(50_000);
  });

  it('brings other files while one is slow, and never more at once than it may', async () => {
    let [now, most] = [0, 0];
    const counting: typeof fetch = async (...args) => {
      most = Math.max(most, ++now);
      try {
        return await fetch(...args);
      } finally {
        now--;
      }
    };
    // The second shard, early in the list, comes when the first one is there, which is the last.
    const until = (async (): Promise<void> => {
      while (hub.starts(FIRST).length === 0 || !kept().includes(FIRST))
        await new Promise((resolve) => setTimeout(resolve, 10));
    })();
    hub.trouble = (what) => (what === `cdn /${SECOND}` ? { until } : undefined);
    await expectWhole(await get({ parallel: 2, fetch: counting }));
    expect(most).toBe(2);
  });

  it('takes the whole file from a server that knows no ranges', async () => {
    hub.trouble = (what, count) => {
      if (what !== `cdn /${FIRST}`) return undefined;
      return count === 1 ? { cut: 40_000 } : { ranges: false };
    };
    await expectWhole(await get());
  });
});

describe('what is wrong on the way is never used', () => {
  const other = (path: string): Uint8Array => FILES[path]!.with(-1, 77);

  it.each<[string, Uint8Array, RegExp]>([
    [
      'other content',
      other(FIRST),
      /expected content of sha256 [0-9a-f]{64}, got other content; try again/,
    ],
    [
      'one byte less',
      FILES[FIRST]!.slice(0, -1),
      /expected \d+ bytes, as listed, got \d+; try again/,
    ],
    [
      'one byte more',
      Buffer.concat([FILES[FIRST]!, Uint8Array.of(1)]),
      /expected \d+ bytes, as listed, got \d+/,
    ],
    ['a web page', text('<html>'), /expected \d+ bytes, as listed, got 8/],
  ])('%s, though the headers say nothing of it', async (_, content, message) => {
    hub.trouble = (what) => (what === `cdn /${FIRST}` ? { content } : undefined);
    expect(await failureOf(get())).toMatch(message);
    expect(kept()).not.toContain(FIRST);
    hub.trouble = () => undefined;
    await expectWhole(await get());
  });

  it('other content of a small file', async () => {
    hub.trouble = (what) =>
      what.endsWith('/config.json') ? { content: other('config.json') } : undefined;
    expect(await failureOf(get())).toMatch(
      /config\.json: expected content of git-sha1 [0-9a-f]{40},/,
    );
    expect(kept()).not.toContain('config.json');
  });

  it('the wrong start of a part that it goes on from', async () => {
    hub.trouble = (what, count) => {
      if (what !== `cdn /${FIRST}`) return undefined;
      return count === 1 ? { content: other(FIRST).fill(0, 9, 99) } : { cut: 0 };
    };
    await failureOf(get());
    const part = kept().find((name) => name.includes(FIRST) && name !== FIRST);
    const folder = join(cache, 'tiny--mamba', COMMIT);
    writeFileSync(join(folder, part ?? `.${FIRST}~left~1~part`), new Uint8Array(1000));
    hub.trouble = () => undefined;
    hub.asked.length = 0;
    await expectWhole(await get());
    expect(hub.starts(FIRST)).toEqual([1000, 0]);
  });

  it('a file in the cache that lost its end', async () => {
    const { folder } = await get();
    writeFileSync(join(folder, FIRST), FILES[FIRST]!.slice(0, 5000));
    await expectWhole(await get());
  });

  it('paths that lead out of its folder', async () => {
    const away = '../../../away.safetensors';
    hub.phantoms = [away, `model-${away}`, '/etc/config.json', 'sub/model-1.safetensors'];
    await expectWhole(await get());
  });
});

describe('what a server refuses', () => {
  it.each<[string, number, string | undefined, RegExp]>([
    [
      '401 without a token',
      401,
      undefined,
      /got 401; check the name .* private or gated, set HF_TOKEN/,
    ],
    ['401 with one', 401, TOKEN, /got 401; check that HF_TOKEN is valid/],
    ['403', 403, TOKEN, /got 403; .* accepted its terms/],
    [
      '404',
      404,
      undefined,
      /got 404 EntryNotFound; check the names of repository, revision and file/,
    ],
    ['501', 501, undefined, /got 501; report it/],
  ])('%s: once, with what to do', async (_, status, token, message) => {
    if (token !== undefined) environment['HF_TOKEN'] = token;
    const headers = status === 404 ? { 'x-error-code': 'EntryNotFound' } : undefined;
    const file = `hub /${NAME}/resolve/${COMMIT}/config.json`;
    hub.trouble = (what) =>
      what === file ? { status, ...(headers ? { headers } : {}) } : undefined;
    expect(await failureOf(get())).toMatch(message);
    expect(hub.asked.filter(({ what }) => what === file)).toHaveLength(1);
  });

  it('an unknown repository by its name', async () => {
    const message = await failureOf(
      fetchCheckpoint('tiny/none', { environment, patience: PATIENCE }),
    );
    expect(message).toMatch(
      /\/api\/models\/tiny\/none\/revision\/main: .* got 404 EntryNotFound; check/,
    );
    expect(await failureOf(fetchCheckpoint('../x', { environment }))).toMatch(
      /owner\/name of a repository/,
    );
  });

  it('waits as long as 429 asks, and no longer than it may', async () => {
    const times: number[] = [];
    hub.trouble = (what, count) => {
      if (what !== `cdn /${FIRST}`) return undefined;
      times.push(performance.now());
      return count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
    };
    await expectWhole(await get());
    expect(times[1]! - times[0]!).toBeGreaterThan(990);
    await removeRepository(NAME, cache);
    hub.trouble = (what) =>
      what === `cdn /${FIRST}` ? { status: 429, headers: { 'retry-after': '600' } } : undefined;
    hub.asked.length = 0;
    expect(await failureOf(get())).toMatch(
      /got 429; try again in 600 s; still lacking: model-00001/,
    );
    expect(hub.starts(FIRST)).toHaveLength(1);
  });

  it('tries again after 500 to 504, a few times', async () => {
    hub.trouble = (what, count) =>
      what.startsWith('hub /api') && count <= 2 ? { status: 501 + count } : undefined;
    await expectWhole(await get());
    hub.trouble = () => ({ status: 503 });
    await removeRepository(NAME, cache);
    expect(await failureOf(get())).toMatch(/got 503; try again later/);
    expect(hub.asked.slice(-4).every(({ what }) => what.endsWith('/revision/main'))).toBe(true);
  });

  it('repositories without a checkpoint', async () => {
    hub.files = { 'README.md': text('') };
    expect(await failureOf(get())).toMatch(
      /tiny\/mamba: expected a checkpoint, got README\.md; check/,
    );
  });
});

describe('offline', () => {
  it('says which files it lacks', async () => {
    hub.trouble = (what) => (what === `cdn /${SECOND}` ? { status: 404 } : undefined);
    await failureOf(get({ parallel: 1 }));
    // After the first failure no other file is begun.
    expect(hub.starts(FIRST)).toEqual([]);
    environment['HF_HUB_OFFLINE'] = '1';
    hub.asked.length = 0;
    const message = await failureOf(get());
    expect(message).toMatch(
      /got offline, without model-00002\S+ \(3000\d\d bytes\), config\.json .*, model-00001\S+ \(/,
    );
    expect(message).toMatch(/unset HF_HUB_OFFLINE, or give a folder/);
    expect(hub.asked).toEqual([]);
  });

  it('says so where it was never asked for', async () => {
    environment['HF_HUB_OFFLINE'] = '1';
    expect(await failureOf(get())).toMatch(
      /expected its revision main in the cache, got none, offline/,
    );
    const exact = await failureOf(get({ revision: COMMIT }));
    expect(exact).toMatch(/expected its commit c0ffee0+ in the cache, got none, offline/);
  });

  it('uses the commit of last time, told to or because there is no network', async () => {
    await get();
    environment['HF_HUB_OFFLINE'] = '1';
    await expectWhole(await get());
    delete environment['HF_HUB_OFFLINE'];
    await hub.stop();
    await expectWhole(await get());
  });

  it('names the address and the reason where there is no network at the first time', async () => {
    await hub.stop();
    expect(await failureOf(get())).toMatch(
      /revision\/main: expected an answer, got ECONNREFUSED; check/,
    );
  });
});

describe('the cache', () => {
  it('is in a folder of the user, or where LAB_CHECKPOINTS says', () => {
    expect(cacheFolder({ LAB_CHECKPOINTS: '/x', XDG_CACHE_HOME: '/y' })).toBe('/x');
    expect(cacheFolder({ XDG_CACHE_HOME: '/y' })).toBe(
      join('/y', 'mamba-icl-paper', 'checkpoints'),
    );
    expect(cacheFolder({ XDG_CACHE_HOME: 'y' })).toBe(cacheFolder({}));
  });

  it('lists and removes repositories', async () => {
    expect(await cachedRepositories(join(cache, 'none'))).toEqual([]);
    await get();
    expect(await cachedRepositories(cache)).toEqual([NAME]);
    expect(await removeRepository(NAME, cache)).toBe(true);
    expect(await removeRepository(NAME, cache)).toBe(false);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('that cannot be written names what to do', async () => {
    writeFileSync(join(cache, 'file'), '');
    environment['LAB_CHECKPOINTS'] = join(cache, 'file');
    expect(await failureOf(get())).toMatch(/set LAB_CHECKPOINTS/);
  });
});
