import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { sha256 } from '../../../src/lab/hash.ts';
import type { InputRecord } from '../../../src/lab/protocol.ts';
import { work } from '../../../src/lab/work.ts';

/**
 * Runs one node at preset `smoke` on WebAssembly and prints hashes of its outputs, without a record of it.
 *
 *     node run-node.ts <experiment>/<node> '{"<input>":{"<file>":"<sha256>"}}'
 */
const [id = '', inputs = '{}'] = process.argv.slice(2);
const slash = id.indexOf('/');

/** Of measurements, what does not differ from run to run. */
function hashOf(name: string, sha: string): string {
  if (name !== 'series.json') return sha;
  const path = join(process.cwd(), '.lab/objects', sha.slice(0, 2), sha.slice(2));
  const series = JSON.parse(readFileSync(path, 'utf8')) as object;
  return sha256(JSON.stringify({ ...series, milliseconds: [] }));
}

const final = await work(
  {
    root: process.cwd(),
    experiment: id.slice(0, slash),
    preset: 'smoke',
    node: id.slice(slash + 1),
    backend: 'wasm',
    inputs: JSON.parse(inputs) as Record<string, InputRecord>,
  },
  { send: () => Promise.resolve(), signal: new AbortController().signal },
);
if (final.type !== 'done') throw new Error(`run-node: ${JSON.stringify(final)}`);
const outputs = Object.entries(final.entry.outputs);
process.stdout.write(JSON.stringify(outputs.map(([name, sha]) => [name, hashOf(name, sha)])));
process.exit(0);
