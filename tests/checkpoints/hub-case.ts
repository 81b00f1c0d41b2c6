/** What the tests of the hub start from: a repository of two shards on a server, and an empty cache. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/checkpoint.ts';
import { fetchCheckpoint, type FetchedCheckpoint } from '../../src/checkpoints/node/hub.ts';
import { readTensors } from '../../src/checkpoints/tensors.ts';
import { COMMIT, HubServer, NAME } from './hub-server.ts';
import { plain, safetensorsOf } from './memory.ts';

export const TOKEN = 'hf_veryverysecret';
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
export const [FIRST, SECOND] = SHARDS;
const LENGTH = 300_000;

const shard = (name: string): Uint8Array =>
  safetensorsOf({ [name]: { dtype: 'U8', shape: [LENGTH], data_offsets: [0, LENGTH] } }, LENGTH);
export const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

export const FILES: Readonly<Record<string, Uint8Array>> = {
  'README.md': text('not needed'),
  'config.json': text({ model_type: 'mamba', hidden_size: 32 }),
  'model.safetensors.index.json': text({ weight_map: { a: FIRST, b: SECOND } }),
  [FIRST]: shard('a'),
  [SECOND]: shard('b'),
  'pytorch_model.bin': text('not needed either'),
};
export const NEEDED = Object.keys(FILES).filter((path) => !/README|\.bin/.test(path));

export let hub: HubServer;
export let cache: string;
export let environment: NodeJS.ProcessEnv;

/** A server and a cache for each test of a file. */
export function useHub(): void {
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
}

export const PATIENCE = { attempts: 4, firstDelay: 1, longestDelay: 3000, stall: 20_000 };

export const get = (
  options: Parameters<typeof fetchCheckpoint>[1] = {},
): Promise<FetchedCheckpoint> =>
  fetchCheckpoint(NAME, { environment, patience: PATIENCE, ...options });

/** Names of the files in the snapshot, the unfinished ones too. */
export const kept = (): string[] => readdirSync(join(cache, 'tiny--mamba', COMMIT)).toSorted();

/** The text of an error, with all its causes. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('none'),
    (reason: unknown) => reason,
  );
  expect(error).toHaveProperty('name', 'CheckpointError');
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/verysecret|s3cr3t/);
  return error instanceof Error ? error.message : '';
}

export async function expectWhole({ source }: FetchedCheckpoint): Promise<void> {
  const tensors = await readTensors(await openCheckpoint(source));
  const bytes = Buffer.from(Uint8Array.from({ length: LENGTH }, (_, i) => i)).toString('base64');
  const whole = { dtype: 'U8', shape: String(LENGTH), bytes };
  expect(plain(tensors)).toEqual({ a: whole, b: whole });
  expect(kept()).toEqual(NEEDED.toSorted());
}
