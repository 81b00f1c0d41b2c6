import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  cachedRepositories,
  cacheFolder,
  removeRepository,
} from '../../src/checkpoints/node/cache.ts';
import { fetchCheckpoint } from '../../src/checkpoints/node/hub.ts';
import { COMMIT, NAME } from './hub-server.ts';
import {
  cache,
  environment,
  expectWhole,
  failureOf,
  FIRST,
  get,
  hub,
  PATIENCE,
  SECOND,
  TOKEN,
  text,
  useHub,
} from './hub-case.ts';

useHub();

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

  it('may be removed while a file is on its way', async () => {
    const until = (async (): Promise<void> => {
      while (hub.starts(FIRST).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 10));
      await removeRepository(NAME, cache);
    })();
    hub.trouble = (what) => (what === `cdn /${FIRST}` ? { until } : undefined);
    expect(await failureOf(get({ parallel: 1 }))).toMatch(
      /checkpoints: expected a cache, got .*ENOENT.*; another process may have removed it: give/,
    );
    hub.trouble = () => undefined;
    await expectWhole(await get());
  });

  it('that cannot be written names what to do', async () => {
    writeFileSync(join(cache, 'file'), '');
    environment['LAB_CHECKPOINTS'] = join(cache, 'file');
    expect(await failureOf(get())).toMatch(/set LAB_CHECKPOINTS/);
  });
});
