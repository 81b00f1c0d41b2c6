import process from 'node:process';
import { listExperiments } from '../../src/lab/catalog.ts';
import { sha256 } from '../../src/lab/hash.ts';
import { createKeyer } from '../../src/lab/keys.ts';
import { keyOf, LockFile } from '../../src/lab/lock.ts';
import { planAll } from '../../src/lab/plan.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';

/**
 * Records a result for every node of preset `small`, made by today's code, without running any. Run in a
 * repository; prints the backend of each node as JSON, WebAssembly and WebGPU in turn.
 */
const workspace = openWorkspace(process.cwd());
const keyer = createKeyer(workspace.root);
const lock = await LockFile.open(workspace, 'small');
const backends: Record<string, string> = {};

const experiments = (await listExperiments(workspace)).filter(({ presets }) => presets.small);
for (const { id, node, inputs } of (await planAll(experiments, 'small', lock, keyer)).flat()) {
  const backend = Object.keys(backends).length % 4 < 2 ? 'wasm' : 'webgpu';
  const keys = Object.entries(inputs).map(([name, input]): [string, string] => {
    const entry = lock.get(input.id);
    if (!entry) throw new Error(`${id}: expected its input ${name} first`);
    return [name, keyOf(entry.parts)];
  });
  const { parts, sources } = await keyer.parts(node, backend, Object.fromEntries(keys));
  const runtime = { backend, adapter: 'none', software: false, packages: {} } as const;
  const made = { startedAt: '2026-01-01T00:00:00Z', seconds: 1, commit: '', dirty: true };
  const outputs = { 'pretended.bin': sha256(id) };
  await lock.set(id, { parts, outputs, runtime, ...made }, sources.files);
  backends[id] = backend;
}
process.stdout.write(JSON.stringify(backends));
