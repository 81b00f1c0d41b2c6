/**
 * node tests/measure-checkpoint-memory.ts [folder]: the most memory that loading a language model on WebAssembly
 * takes, of a folder or, without one, of random F16 weights in the shapes of mamba-130m and pythia-160m.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openCheckpoint } from '../src/checkpoints/checkpoint.ts';
import { folderSource } from '../src/checkpoints/node/folder.ts';
import { byteLength } from '../src/checkpoints/tensor.ts';
import {
  PUBLISHED_SHAPES,
  publishedConfig,
  publishedNetwork,
} from '../src/lab/bench/language-shapes.ts';
import type { PublishedShape } from '../src/lab/bench/language-shapes.ts';
import { openDevice } from '../src/lab/device.ts';
import { loadLanguageModel } from '../src/language/model.ts';
import { RandomStream } from '../src/numerics/random.ts';

/** Random halves of about 0.02, in both signs. */
function writeRandom(folder: string, shape: PublishedShape): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(publishedConfig(shape).values));
  const random = RandomStream.fromSeed(0);
  const block = Uint16Array.from({ length: 2 ** 19 }, () => {
    const bits = random.uint32();
    return (bits & 0x83ff) | (0x2000 + ((bits >>> 16) & 0x400));
  });
  let end = 0;
  const header = Object.values(publishedNetwork(shape).needs)
    .flatMap(({ from }) => from)
    .map(([name, sizes]) => {
      const start = end;
      end += 2 * sizes.reduce((a, b) => a * b, 1);
      return [name, { dtype: 'F16', shape: sizes, data_offsets: [start, end] }];
    });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  writeSync(file, Buffer.concat([length, text]));
  for (let at = 0; at < end; at += block.byteLength)
    writeSync(file, new Uint8Array(block.buffer, 0, Math.min(block.byteLength, end - at)));
  closeSync(file);
}

const mib = (value: number): string => `${Math.round(value / 2 ** 20)} MiB`;

async function measure(folder: string): Promise<string> {
  const source = folderSource(folder);
  const { tensors } = await openCheckpoint(source);
  const bytes = [...tensors.values()].reduce((sum, info) => sum + byteLength(info), 0);
  const device = await openDevice('wasm');
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const model = await loadLanguageModel(source);
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  model.dispose();
  await device.close();
  return (
    `${folder}: ${mib(bytes)} in ${seconds.toFixed(1)} s; the process grew from ${mib(before)} by ` +
    `${mib(peak - before)} at most, ${((peak - before) / bytes).toFixed(2)} times that\n`
  );
}

const [given] = process.argv.slice(2);
if (given !== undefined) {
  process.stdout.write(await measure(given));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  try {
    for (const shape of PUBLISHED_SHAPES) {
      writeRandom(join(folder, shape), shape);
      const program = [import.meta.filename, join(folder, shape)];
      spawnSync(process.execPath, program, { stdio: 'inherit' });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
