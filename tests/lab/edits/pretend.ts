import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { artifactPath } from '../../../src/artifacts/artifact.ts';
import { listExperiments } from '../../../src/lab/catalog.ts';
import { DATA } from '../../../src/lab/experiment.ts';
import { sha256 } from '../../../src/lab/hash.ts';
import { createJudge, implementationOf, recordProof } from '../../../src/lab/implementation.ts';
import { createKeyer } from '../../../src/lab/keys.ts';
import { keyOf, LockFile } from '../../../src/lab/lock.ts';
import type { LockEntry } from '../../../src/lab/lock.ts';
import { planAll } from '../../../src/lab/plan.ts';
import type { PlannedNode } from '../../../src/lab/plan.ts';
import { openWorkspace } from '../../../src/lab/workspace.ts';

/**
 * Takes the kernels of this checkout for proven and, if told `records`, records and publishes a result for every node
 * of preset `small`, made by today's code on WebAssembly and WebGPU in turn, without running any. Run in a repository.
 */
const BACKENDS = ['wasm', 'webgpu'] as const;
const AT = '2026-01-01T00:00:00.000Z';

async function prove(): Promise<string[]> {
  const implementations = await Promise.all(BACKENDS.map(implementationOf));
  for (const [i, implementation] of implementations.entries()) {
    const passed = { cases: 1, tests: 1, relativeError: 0, commit: '', at: AT };
    const backend = BACKENDS[i]!;
    await recordProof({ implementation, backend, adapter: 'none', ...passed });
  }
  return implementations;
}

const workspace = openWorkspace(process.cwd());

function publish(path: string, text: string): string {
  const file = join(workspace.public, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return sha256(text);
}

const dataOf = ({ id }: PlannedNode): string => JSON.stringify({ pretended: id });

function publishArtifact(planned: PlannedNode): Pick<LockEntry, 'outputs' | 'published'> {
  const path = artifactPath(planned.experiment.id, planned.preset);
  const file = publish(path, `{"data":${dataOf(planned)}}`);
  return { outputs: { [DATA]: sha256(dataOf(planned)) }, published: { [path]: file } };
}

/** Outputs depend on the key and nothing else, as nodes of several experiments may share one. */
function publishNode({ node }: PlannedNode, key: string, names: ReadonlySet<string>) {
  const outputs = [...names].map((name) => [name, sha256(`${key} ${name}`)] as const);
  const files = Object.entries(node.publish ?? {}).map(
    ([name, path]) => [path, publish(path, `${key} ${name}`)] as const,
  );
  return { outputs: Object.fromEntries(outputs), published: Object.fromEntries(files) };
}

/** Files that it reads are published by other nodes, which have to come first. */
const readsFiles = ({ node, inputs }: PlannedNode): boolean =>
  node.data !== undefined || Object.values(inputs).some(readsFiles);

async function record(implementations: readonly string[]): Promise<void> {
  const keyer = createKeyer(workspace);
  const lock = await LockFile.open(workspace, 'small');
  const experiments = (await listExperiments(workspace)).filter(({ presets }) => presets.small);
  const planner = { preset: 'small', lock, keyer, judge: createJudge() } as const;
  const plan = (await planAll(experiments, planner))
    .flat()
    .toSorted((a, b) => Number(readsFiles(a)) - Number(readsFiles(b)));
  const artifacts = new Map(
    plan.filter(({ last }) => last).map((planned) => [planned, publishArtifact(planned)]),
  );
  const names = new Set(
    plan.flatMap(({ node }) => Object.keys(node.publish ?? { 'made.bin': '' })),
  );
  const outputs = new Map<PlannedNode, LockEntry['outputs']>();
  for (const [i, planned] of plan.entries()) {
    const inputs = Object.entries(planned.inputs).map(
      ([name, input]) => [name, outputs.get(input)!] as const,
    );
    const parts = await keyer.parts(planned.node, Object.fromEntries(inputs));
    const made = artifacts.get(planned) ?? publishNode(planned, keyOf(parts), names);
    outputs.set(planned, made.outputs);
    const runtime = {
      backend: BACKENDS[i % 2]!,
      adapter: 'none',
      software: false,
      packages: {},
      implementation: implementations[i % 2]!,
    };
    const times = { startedAt: AT, seconds: 1, commit: '', dirty: true, command: 'pretended' };
    const { files } = await keyer.meaningOf(planned.node);
    await lock.set(planned.id, { parts, ...made, runtime, ...times }, files);
  }
}

const implementations = await prove();
if (process.argv[2] === 'records') await record(implementations);
