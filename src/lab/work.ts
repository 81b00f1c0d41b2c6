import { cpus } from 'node:os';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { RuntimeRecord } from '../artifacts/artifact.ts';
import { computeAgain } from './again.ts';
import type { Again } from './again.ts';
import { findExperiment } from './catalog.ts';
import { openCheckpoint } from './checkpoint.ts';
import { checkData, readData } from './data.ts';
import { openDevice } from './device.ts';
import type { Device } from './device.ts';
import type { Experiment, Files, Node, NodeContext, NodeResult } from './experiment.ts';
import { describeCheckout } from './git.ts';
import { expectProven } from './implementation.ts';
import { createKeyer } from './keys.ts';
import { keyOf } from './lock.ts';
import type { LockEntry } from './lock.ts';
import { contextOf, standingOf } from './portable/context.ts';
import type { Saved } from './portable/context.ts';
import { graphOf, nodesOf } from './portable/graph.ts';
import type { Final, FromWorker, InputRecord, Job } from './protocol.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';
import { openWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const TENSORS = '@tensorflow/tfjs-core';

/** Whoever started the work: hears of it, and may end it. */
export interface Employer {
  send(message: FromWorker): Promise<void>;
  /** Aborts when the node shall save a checkpoint and end. */
  signal: AbortSignal;
}

/** Runs a node to its end, whatever that is; never throws. */
export async function work(job: Job, employer: Employer): Promise<Final> {
  let saved = false;
  try {
    return await run(job, employer, () => (saved = true));
  } catch (error) {
    if (employer.signal.aborted && error === employer.signal.reason)
      return { type: 'interrupted', saved };
    return { type: 'failed', message: described(error) };
  }
}

/** A failure that says what was expected needs no stack. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /: expected [^]*, got /.test(error.message)
    ? error.message
    : (error.stack ?? error.message);
}

async function run(job: Job, employer: Employer, hasSaved: () => void): Promise<Final> {
  const note = (text: string): void => void employer.send({ type: 'note', text });
  const workspace = openWorkspace(job.root);
  const setting = await prepare(workspace, openStore(workspace, note), job, employer);
  if (job.again) return compare(setting, job.again, job.preset);
  const checkpoint = openCheckpoint(workspace, keyOf(setting.made.parts), note);
  const saved = await checkpoint.load(setting.node);
  if (saved) note(`resumes from a checkpoint made ${saved.seconds.toFixed(0)} s into the run`);
  return make(setting, {
    saved,
    save: (state) => checkpoint.save(state).then(hasSaved),
  });
}

/** A node with all that it is run with, but for where it stands. */
interface Setting {
  workspace: Workspace;
  store: Store;
  experiment: Experiment;
  node: Node;
  last: boolean;
  context(checkpoint: NodeContext['checkpoint']): NodeContext;
  /** What its record says of it, whatever comes out. */
  made: Omit<LockEntry, 'outputs' | 'startedAt' | 'seconds'>;
  files: Record<string, string>;
  /** Throws if the device is lost. */
  check(): void;
}

async function prepare(
  workspace: Workspace,
  store: Store,
  job: Job,
  { send, signal }: Employer,
): Promise<Setting> {
  const { experiment, node, last } = await findNode(workspace, job);
  const keyer = createKeyer(workspace);
  const { files, packages } = await keyer.meaningOf(node);
  const device = packages.has(TENSORS) ? await openFor(job, send) : undefined;
  const runtime = device?.record ?? processor();
  const parts = await keyer.parts(node, job.inputs);
  const checkout = await describeCheckout(job.root, keyer.filesOf(experiment));
  const inputs = await readInputs(store, job.inputs);
  const data = await readAllData(workspace, node);
  const check = (): void => device?.check();
  const context = contextOf(node, {
    inputs,
    data,
    runtime,
    signal,
    check,
    async report(progress) {
      await send({ type: 'progress', progress });
      await setImmediate();
    },
  });
  const made = { parts, published: {}, runtime, ...checkout, command: '' };
  return { workspace, store, experiment, node, last, context, made, files, check };
}

/** Computes parts of a recorded result again. */
async function compare(setting: Setting, again: Again, preset: Job['preset']): Promise<Final> {
  const { node, context, made, files, check } = setting;
  const { startedAt, seconds } = standingOf(undefined, () => Promise.resolve());
  const agreement = await computeAgain(node, context, again, { ...setting, preset });
  check();
  const entry = { ...made, outputs: again.outputs, startedAt, seconds: seconds() };
  return { type: 'compared', agreement, entry, files };
}

interface Beginning {
  saved: Saved | undefined;
  save(state: Saved): Promise<void>;
}

async function make(setting: Setting, { saved, save }: Beginning): Promise<Final> {
  const { experiment, node, last, made, store, files } = setting;
  let lastState = saved?.bytes;
  const { startedAt, checkpoint, ...standing } = standingOf(saved, async (state) => {
    await save(state);
    lastState = state.bytes;
  });
  const results = await runChecked(setting, checkpoint);
  const seconds = standing.seconds();
  if (last) checkData(experiment, node, results);
  const outputs = await putAll(store, results);
  const kept = node.replay && lastState && { lastState: await store.put(lastState) };
  return { type: 'done', entry: { ...made, outputs, startedAt, seconds, ...kept }, files };
}

/** What a node made. @throws Error of the device where that failed: what comes of it says only that something ended */
async function runChecked(
  { node, context, check }: Setting,
  checkpoint: NodeContext['checkpoint'],
): Promise<Files> {
  try {
    return await node.run(context(checkpoint));
  } finally {
    await setImmediate();
    check();
  }
}

/** A device that is proven to compute what operations specify. */
async function openFor({ backend, preset }: Job, send: Employer['send']): Promise<Device> {
  const device = await openDevice(backend);
  const { record, reason } = device;
  await send({ type: 'opened', runtime: record, reason });
  if (record.implementation !== undefined && preset !== 'smoke')
    await expectProven(record.backend, record.implementation);
  return device;
}

async function readAllData(
  workspace: Workspace,
  { id, data = {} }: Node,
): Promise<NodeContext['data']> {
  const read = Object.entries(data).map(async ([name, source]) => {
    const { bytes } = await readData(workspace, source, `${id} ${name}`);
    return [name, bytes] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

async function findNode(
  workspace: Workspace,
  { experiment: id, preset, node: name }: Job,
): Promise<{ experiment: Experiment; node: Node; last: boolean }> {
  const experiment = await findExperiment(workspace, id);
  const root = graphOf(experiment, preset);
  const node = nodesOf(root).find(({ id }) => id === name);
  if (node) return { experiment, node, last: node === root };
  throw new Error(`lab: expected node ${name} in ${id}, got none; run again`);
}

/** What a node runs on that has no tensors. */
function processor(): RuntimeRecord {
  const adapter = cpus()[0]?.model.trim() ?? 'unknown processor';
  return { backend: 'cpu', adapter, software: false, node: process.versions.node, packages: {} };
}

async function readInputs(
  store: Store,
  inputs: Readonly<Record<string, InputRecord>>,
): Promise<Record<string, NodeResult>> {
  const results: Record<string, NodeResult> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const files: Record<string, Uint8Array> = {};
    for (const [file, hash] of Object.entries(input)) {
      const bytes = await store.get(hash);
      if (!bytes)
        throw new Error(`store: expected ${file} of input ${name}, got nothing; run again`);
      files[file] = bytes;
    }
    results[name] = { sha256: input, files };
  }
  return results;
}

async function putAll(store: Store, files: Files): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(files)) outputs[name] = await store.put(bytes);
  return outputs;
}
