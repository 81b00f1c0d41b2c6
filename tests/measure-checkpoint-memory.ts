/**
 * node tests/measure-checkpoint-memory.ts [folder]: the most memory that reading a checkpoint takes,
 * of a folder or, without one, of random F16 weights in the shapes of mamba-130m.
 */
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openCheckpoint } from '../src/checkpoints/checkpoint.ts';
import { folderSource } from '../src/checkpoints/node/folder.ts';
import { readTensors } from '../src/checkpoints/tensors.ts';

const [LAYERS, WIDTH, INNER, RANK, STATE, VOCABULARY] = [24, 768, 1536, 48, 16, 50280];
const LAYER: Record<string, number[]> = {
  'norm.weight': [WIDTH],
  'mixer.A_log': [INNER, STATE],
  'mixer.D': [INNER],
  'mixer.conv1d.weight': [INNER, 1, 4],
  'mixer.conv1d.bias': [INNER],
  'mixer.in_proj.weight': [2 * INNER, WIDTH],
  'mixer.x_proj.weight': [RANK + 2 * STATE, INNER],
  'mixer.dt_proj.weight': [INNER, RANK],
  'mixer.dt_proj.bias': [INNER],
  'mixer.out_proj.weight': [WIDTH, INNER],
};

function writeRandom(folder: string): void {
  const shapes: [string, number[]][] = [['backbone.embeddings.weight', [VOCABULARY, WIDTH]]];
  for (let i = 0; i < LAYERS; i++)
    for (const [name, shape] of Object.entries(LAYER))
      shapes.push([`backbone.layers.${i}.${name}`, shape]);
  shapes.push(['backbone.norm_f.weight', [WIDTH]]);
  let end = 0;
  const header = shapes.map(([name, shape]) => {
    const start = end;
    end += 2 * shape.reduce((a, b) => a * b, 1);
    return [name, { dtype: 'F16', shape, data_offsets: [start, end] }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  writeSync(file, Buffer.concat([length, text]));
  for (let at = 0; at < end; at += 2 ** 20)
    writeSync(file, randomFillSync(Buffer.alloc(Math.min(2 ** 20, end - at))));
}

async function measure(folder: string): Promise<string> {
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const tensors = await readTensors(await openCheckpoint(folderSource(folder)));
  const seconds = (performance.now() - start) / 1000;
  const bytes = [...tensors.values()].reduce((sum, tensor) => sum + tensor.bytes.length, 0);
  const peak = process.resourceUsage().maxRSS * 1024;
  const mib = (value: number): string => `${Math.round(value / 2 ** 20)} MiB`;
  return (
    `${tensors.size} tensors, ${mib(bytes)} in ${seconds.toFixed(2)} s; the process took ` +
    `${mib(peak)} at most, ${(peak / bytes).toFixed(2)} times that, ${mib(before)} of it before\n`
  );
}

const [given] = process.argv.slice(2);
if (given !== undefined) {
  process.stdout.write(await measure(given));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  try {
    writeRandom(folder);
    spawnSync(process.execPath, [import.meta.filename, folder], { stdio: 'inherit' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
