import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/checkpoints/config.ts';
import { COMMIT, NAME } from './hub-server.ts';
import {
  cache,
  environment,
  expectWhole,
  failureOf,
  FILES,
  FIRST,
  get,
  hub,
  kept,
  NEEDED,
  PATIENCE,
  SECOND,
  TOKEN,
  text,
  useHub,
} from './hub-case.ts';

useHub();

describe('a checkpoint on the hub', () => {
  it('is downloaded once, and only what it needs', async () => {
    const progress: number[][] = [];
    const fetched = await get({ onProgress: (...at) => progress.push(at) });
    await expectWhole(fetched);
    expect((await readConfig(fetched.source)).count('hidden_size')).toBe(32);
    const total = NEEDED.reduce((sum, path) => sum + FILES[path]!.length, 0);
    expect(progress.at(-1)).toEqual([total, total]);
    const files = hub.asked.filter(({ what }) => !what.startsWith('hub /api'));
    expect(new Set(files.map(({ headers }) => headers['accept-encoding']))).toEqual(
      new Set(['identity']),
    );
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
  const other = (path: string): Uint8Array => FILES[path]!.with(FILES[path]!.length - 1, 77);

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
