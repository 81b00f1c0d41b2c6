import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubServer, NAME } from './hub-server.ts';
import { safetensorsOf } from './memory.ts';

const LENGTH = 400_000;
const WEIGHTS = 'model.safetensors';
const FILES = {
  'config.json': Buffer.from('{"model_type":"mamba"}'),
  [WEIGHTS]: safetensorsOf(
    { a: { dtype: 'U8', shape: [LENGTH], data_offsets: [0, LENGTH] } },
    LENGTH,
  ),
};
const TOKEN = 'hf_veryverysecret';

let hub: HubServer;
let cache: string;

beforeEach(async () => {
  hub = new HubServer(FILES);
  hub.token = TOKEN;
  await hub.start();
  cache = mkdtempSync(join(tmpdir(), 'checkpoints-'));
});

afterEach(async () => {
  await hub.stop();
  rmSync(cache, { recursive: true, force: true });
});

interface Run {
  /** Settles when it has ended, with its code and all that it printed. */
  ended: Promise<{ code: number | null; output: string }>;
  output(): string;
  kill(): void;
}

function start(extra: NodeJS.ProcessEnv = {}): Run {
  const script = join(import.meta.dirname, 'fetch-process.ts');
  const own = {
    HF_ENDPOINT: hub.address,
    LAB_CHECKPOINTS: cache,
    HF_TOKEN: TOKEN,
    HF_HUB_OFFLINE: '',
  };
  const child = spawn(process.execPath, [script, NAME], {
    env: { ...process.env, ...own, ...extra },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, output })),
  );
  return { ended, output: () => output, kill: () => child.kill('SIGKILL') };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** Content by name, of all that is in the cache's one snapshot. */
function snapshot(): Record<string, string> {
  const files = readdirSync(cache, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/\.(files|revision)\.json$/.test(entry.name),
  );
  return Object.fromEntries(
    files.map(({ name, parentPath }) => [
      name,
      readFileSync(join(parentPath, name)).toString('base64'),
    ]),
  );
}

const whole = Object.fromEntries(
  Object.entries(FILES).map(([name, content]) => [name, Buffer.from(content).toString('base64')]),
);

describe('processes at one cache', () => {
  it('at the same time share one download', async () => {
    const started = [start(), start(), start()];
    const waiting = (): Run[] =>
      started.filter(({ output }) => output().includes(`waiting for ${WEIGHTS}`));
    const together = until(() => waiting().length + hub.starts(WEIGHTS).length >= 3);
    hub.trouble = (what) => (what === `cdn /${WEIGHTS}` ? { until: together } : undefined);
    const runs = await Promise.all(started.map(({ ended }) => ended));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(snapshot()).toEqual(whole);
    expect(hub.starts(WEIGHTS)).toEqual([0]);
    expect(waiting()).toHaveLength(2);
  });

  it('go on where a killed one stopped', async () => {
    hub.trouble = (what, count) =>
      what === `cdn /${WEIGHTS}` && count === 1 ? { stall: 150_000 } : undefined;
    const first = start();
    await until(() => Object.values(snapshot()).some((content) => content.length > 150_000));
    first.kill();
    await first.ended;
    expect(Object.keys(snapshot())).not.toContain(WEIGHTS);
    const { code, output } = await start().ended;
    expect(code).toBe(0);
    expect(output).not.toContain('waiting');
    expect(hub.starts(WEIGHTS)[1]).toBeGreaterThan(100_000);
    expect(snapshot()).toEqual(whole);
  });

  it('print no token even where Node prints each request', async () => {
    const { output } = await start({ NODE_DEBUG: 'fetch,undici,http' }).ended;
    expect(output).toMatch(/received response to GET/);
    expect(output).not.toMatch(/verysecret/);
  });

  it.each<[string, NodeJS.ProcessEnv, (what: string) => { status: number } | undefined]>([
    ['succeed', {}, () => undefined],
    ['have the wrong token', { HF_TOKEN: `${TOKEN}2` }, () => undefined],
    ['are refused', {}, (what) => (what.startsWith('cdn') ? { status: 403 } : undefined)],
    ['find no network', { HF_ENDPOINT: 'http://127.0.0.1:1' }, () => undefined],
    [
      'show their stack',
      { LAB_DEBUG: '1', NODE_OPTIONS: '--stack-trace-limit=100' },
      (what) => (what.startsWith('cdn') ? { status: 500 } : undefined),
    ],
  ])('that %s print no token and no signature', async (_, extra, trouble) => {
    hub.trouble = trouble;
    const { output } = await start(extra).ended;
    expect(output).not.toBe('');
    expect(output).not.toMatch(/verysecret|s3cr3t/);
  });
});
