import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/checkpoint.ts';
import { httpSource } from '../../src/checkpoints/http.ts';
import type { Source } from '../../src/checkpoints/source.ts';
import { readTensors } from '../../src/checkpoints/tensors.ts';
import { COMMIT, HubServer, NAME } from './hub-server.ts';
import { fixture, MemorySource, plain, safetensorsOf } from './memory.ts';

const WEIGHTS = 'model.safetensors';
const LENGTH = 200_000;
const FILES = {
  [WEIGHTS]: safetensorsOf(
    { a: { dtype: 'U8', shape: [LENGTH], data_offsets: [0, LENGTH] } },
    LENGTH,
  ),
  'empty.json': new Uint8Array(),
  'pytorch_model.bin': fixture('pytorch', 'views.bin'),
};
const PATIENCE = { attempts: 3, firstDelay: 1, longestDelay: 100, stall: 20_000 };

let hub: HubServer;
beforeEach(async () => {
  hub = new HubServer(FILES);
  await hub.start();
});
afterEach(() => hub.stop());

const source = (): Source =>
  httpSource(`${hub.address}/${NAME}/resolve/${COMMIT}`, { patience: PATIENCE });

describe('a checkpoint at a web address', () => {
  it('is read by ranges: the header, and each tensor alone', async () => {
    const file = await openCheckpoint(source());
    const opened = hub.asked.length;
    const { bytes } = await file.read('a');
    expect(Buffer.compare(bytes, FILES[WEIGHTS].subarray(-LENGTH))).toBe(0);
    const asked = hub.asked.slice(opened).filter(({ what }) => what.startsWith('cdn'));
    const start = FILES[WEIGHTS].length - LENGTH;
    expect(asked.map(({ headers }) => headers.range)).toEqual([
      `bytes=${start}-${start + LENGTH - 1}`,
    ]);
    expect(hub.asked.every(({ headers }) => headers.range !== undefined)).toBe(true);
  });

  it('may be of PyTorch', async () => {
    const { [WEIGHTS]: absent, ...files } = FILES;
    expect(absent).toBeDefined();
    hub.files = files;
    const tensors = await readTensors(await openCheckpoint(source()));
    const expected = await readTensors(await openCheckpoint(new MemorySource(files)));
    expect(plain(tensors)).toEqual(plain(expected));
  });

  it('gets the token, which the server that it redirects to does not', async () => {
    hub.token = 'hf_secret';
    const address = `${hub.address}/${NAME}/resolve/${COMMIT}`;
    const own = httpSource(address, { token: hub.token, patience: PATIENCE });
    await readTensors(await openCheckpoint(own));
    const [atHub, elsewhere] = ['hub', 'cdn'].map(
      (server) =>
        new Set(
          hub.asked
            .filter(({ what }) => what.startsWith(server))
            .map(({ headers }) => headers.authorization),
        ),
    );
    expect([atHub, elsewhere]).toEqual([new Set(['Bearer hf_secret']), new Set([undefined])]);
    await expect(source().size(WEIGHTS)).rejects.toThrow(/got 401 RepoNotFound; check the name/);
  });

  it('knows what is absent from what is empty', async () => {
    expect(await source().size('none.json')).toBeUndefined();
    await expect(source().size('empty.json')).resolves.toBe(0);
  });

  it('asks again where a connection breaks', async () => {
    hub.trouble = (_, count) => (count === 2 ? { cut: 3 } : undefined);
    const tensors = await readTensors(await openCheckpoint(source()));
    expect(tensors.get('a')!.bytes).toHaveLength(LENGTH);
    hub.trouble = (what) => (what.startsWith('cdn') ? { cut: 0 } : undefined);
    await expect(openCheckpoint(source())).rejects.toThrow(
      /model\.safetensors: expected an answer, got .*; check the connection/,
    );
  });

  it.each<[string, object, RegExp]>([
    [
      'has become another',
      { etag: 'other' },
      /expected the file as it was, got another version of it; read it again/,
    ],
    ['is not given in ranges', { ranges: false }, /download the files and read them from a folder/],
  ])('that %s is refused', async (_, trouble, message) => {
    const file = await openCheckpoint(source());
    hub.trouble = (what) => (what.startsWith('cdn') ? (trouble as { etag: string }) : undefined);
    await expect(file.read('a')).rejects.toThrow(message);
    await expect(file.read('a')).rejects.not.toThrow(/s3cr3t/);
  });
});
