import { join } from 'node:path';
import { ARTIFACT_SCHEMA, artifactPath, parseArtifact } from '../artifacts/artifact.ts';
import type { Artifact, Provenance, RuntimeRecord } from '../artifacts/artifact.ts';
import { DATA } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import { readIfThere, writeAtomic } from './files.ts';
import { describeCheckout } from './git.ts';
import { prettyJson, sha256, toJson } from './hash.ts';
import { keyOf } from './lock.ts';
import type { LockEntry, LockFile } from './lock.ts';
import type { PlannedNode } from './plan.ts';
import type { Store } from './store.ts';
import type { Workspace } from './workspace.ts';

/** Brings an output into the store from its committed copy where it has one. */
export async function available(
  workspace: Workspace,
  store: Store,
  planned: PlannedNode,
  entry: LockEntry,
): Promise<boolean> {
  for (const [name, hash] of Object.entries(entry.outputs)) {
    if (await store.get(hash)) continue;
    const bytes = await publishedBytes(workspace, planned, name);
    if (!bytes || sha256(bytes) !== hash) return false;
    await store.put(bytes);
  }
  return true;
}

async function publishedBytes(
  workspace: Workspace,
  { node, experiment, preset, last }: PlannedNode,
  name: string,
): Promise<Uint8Array | undefined> {
  if (last && name === DATA) {
    const file = await readIfThere(join(workspace.public, artifactPath(experiment.id, preset)));
    return file && dataBytes(file);
  }
  const path = node.publish?.[name];
  return path === undefined ? undefined : readIfThere(join(workspace.public, path));
}

/** The bytes of `data.json` inside an artifact file. */
function dataBytes(file: Uint8Array): Uint8Array | undefined {
  try {
    const { data } = JSON.parse(new TextDecoder().decode(file)) as { data?: unknown };
    return data === undefined ? undefined : new TextEncoder().encode(JSON.stringify(data));
  } catch {
    return undefined;
  }
}

/** Whether every file that the node puts under `public/` is there with the recorded bytes. */
export async function isPublished(
  workspace: Workspace,
  planned: PlannedNode,
  entry: LockEntry,
): Promise<boolean> {
  const names = planned.last ? [DATA] : Object.keys(planned.node.publish ?? {});
  for (const name of names) {
    const bytes = await publishedBytes(workspace, planned, name);
    if (!bytes || sha256(bytes) !== entry.outputs[name]) return false;
  }
  if (!planned.last) return true;
  const { experiment, preset } = planned;
  const artifact = await readArtifact(workspace, experiment, preset).catch(() => undefined);
  return artifact?.provenance.key === keyOf(entry.parts);
}

export async function readArtifact(
  workspace: Workspace,
  experiment: Experiment,
  preset: PlannedNode['preset'],
): Promise<Artifact<unknown>> {
  const path = join(workspace.public, artifactPath(experiment.id, preset));
  const file = await readIfThere(path);
  if (!file) throw new Error(`${path}: expected an artifact, got no file; run it first`);
  return parseArtifact(JSON.parse(file.toString('utf8')), experiment.data, path);
}

/** Copies a finished node's published outputs, or the artifact made of them, to `public/`. */
export async function publish(
  workspace: Workspace,
  store: Store,
  lock: LockFile,
  plan: readonly PlannedNode[],
  planned: PlannedNode,
  command: string,
): Promise<string[]> {
  const entry = lock.get(planned.id);
  if (!entry || (await isPublished(workspace, planned, entry))) return [];
  if (planned.last) return [await writeArtifact(workspace, store, lock, plan, planned, command)];
  const written: string[] = [];
  for (const [name, path] of Object.entries(planned.node.publish ?? {})) {
    const bytes = await store.get(entry.outputs[name] ?? '');
    if (!bytes)
      throw new Error(`${planned.id}: expected output ${name}, got none; fix its publish list`);
    await writeAtomic(join(workspace.public, path), bytes);
    written.push(`public/${path}`);
  }
  return written;
}

async function writeArtifact(
  workspace: Workspace,
  store: Store,
  lock: LockFile,
  plan: readonly PlannedNode[],
  planned: PlannedNode,
  command: string,
): Promise<string> {
  const { experiment, preset, id } = planned;
  const bytes = await store.get(lock.get(id)?.outputs[DATA] ?? '');
  if (!bytes)
    throw new Error(`${id}: expected ${DATA} in the store, got none; run it with --force`);
  const artifact = {
    schema: ARTIFACT_SCHEMA,
    id: experiment.id,
    preset,
    data: JSON.parse(bytes.toString('utf8')) as unknown,
    provenance: await provenanceOf(workspace, lock, plan, planned, command),
  };
  const path = artifactPath(experiment.id, preset);
  parseArtifact(artifact, experiment.data, path);
  await writeAtomic(join(workspace.public, path), `${prettyJson(toJson(artifact))}\n`);
  return `public/${path}`;
}

async function provenanceOf(
  workspace: Workspace,
  lock: LockFile,
  plan: readonly PlannedNode[],
  { id, experiment, preset }: PlannedNode,
  command: string,
): Promise<Provenance> {
  const entries = plan.map((planned) => [planned, lock.get(planned.id) as LockEntry] as const);
  const files = entries.flatMap(([, entry]) => Object.keys(lock.filesOf(entry)));
  const seeds = plan.flatMap(({ node }) => (node.seed === undefined ? [] : [node.seed]));
  const below = entries.filter(([planned]) => planned.id !== id);
  return {
    key: keyOf((lock.get(id) as LockEntry).parts),
    ...(await describeCheckout(workspace.root, [...new Set(files)])),
    command,
    parameters: toJson(experiment.presets[preset]),
    seeds: [...new Set(seeds)].toSorted((a, b) => a - b),
    inputs: Object.fromEntries(
      below.map(([{ node }, { parts, runtime, seconds }]) => [
        node.id,
        { key: keyOf(parts), backend: runtime.backend, adapter: runtime.adapter, seconds },
      ]),
    ),
    runtime: longest(entries.map(([, entry]) => entry)),
    startedAt: entries.map(([, { startedAt }]) => startedAt).toSorted()[0] ?? '',
    seconds: entries.reduce((sum, [, { seconds }]) => sum + seconds, 0),
  };
}

/** The runtime on which most of the time was spent. */
function longest(entries: readonly LockEntry[]): RuntimeRecord {
  const [first] = entries.toSorted((a, b) => b.seconds - a.seconds);
  if (!first)
    throw new Error('lab: expected a graph with nodes, got none; add one to the experiment');
  return first.runtime;
}
