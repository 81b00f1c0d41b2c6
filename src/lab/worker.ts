/** A node's own process: opens a device, runs the node, stores its outputs, reports to the parent. */
import { cpus } from 'node:os';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { RuntimeRecord } from '../artifacts/artifact.ts';
import type { BackendName } from '../runtime/runtime.ts';
import { findExperiment, graphOf, nodesOf } from './catalog.ts';
import { openCheckpoint } from './checkpoint.ts';
import { openDevice } from './device.ts';
import type { Device } from './device.ts';
import { DATA } from './experiment.ts';
import type { Experiment, Files, Node, NodeContext, NodeResult } from './experiment.ts';
import { describeCheckout } from './git.ts';
import { createKeyer } from './keys.ts';
import { keyOf } from './lock.ts';
import type { FromWorker, InputRecord, Job, ToWorker } from './protocol.ts';
import { computesOnTensors } from './sources.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';
import { openWorkspace } from './workspace.ts';

const interruption = new AbortController();
const interrupt = (): void => interruption.abort(new Error('interrupted'));

const send = (message: FromWorker): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });

const note = (text: string): void => void send({ type: 'note', text }).catch(interrupt);

/** The parent decides what Ctrl-C means; without a parent there is nobody to report to. */
function listen(start: (job: Job) => void): void {
  process.on('SIGINT', () => {});
  process.on('disconnect', interrupt);
  process.on('message', (message: ToWorker) => {
    if (message.type === 'stop') interrupt();
    else start(message.job);
  });
}

async function work(job: Job): Promise<FromWorker> {
  const workspace = openWorkspace(job.root);
  const experiment = await findExperiment(workspace, job.experiment);
  const root = graphOf(experiment, job.preset);
  const node = nodesOf(root).find(({ id }) => id === job.node);
  if (!node)
    throw new Error(`lab: expected node ${job.node} in ${job.experiment}, got none; run again`);
  const keyer = createKeyer(job.root);
  const runtime = await openFor(computesOnTensors(await keyer.sources(node)), job.backend);
  const inputKeys = Object.fromEntries(
    Object.entries(job.inputs).map(([name, { key }]) => [name, key]),
  );
  const { parts, sources } = await keyer.parts(node, runtime.backend, inputKeys);
  const checkout = await describeCheckout(job.root, Object.keys(sources.files));
  const store = openStore(workspace, note);
  const checkpoint = openCheckpoint(workspace, keyOf(parts), note);
  const saved = await checkpoint.load();
  const startedAt = saved?.startedAt ?? new Date().toISOString();
  const clock = startClock(saved?.seconds ?? 0);
  if (saved) note(`resumes from a checkpoint made ${saved.seconds.toFixed(0)} s into the run`);
  const context: NodeContext = {
    parameters: node.parameters,
    uses: Object.fromEntries(
      Object.entries(node.uses ?? {}).map(([name, { value }]) => [name, value]),
    ),
    seed: node.seed ?? 0,
    inputs: await readInputs(store, job.inputs),
    runtime,
    signal: interruption.signal,
    async progress(progress) {
      device?.check();
      await send({ type: 'progress', progress });
      await setImmediate();
    },
    checkpoint: {
      load: () => Promise.resolve(saved?.bytes),
      save: (bytes) => checkpoint.save({ bytes, seconds: clock(), startedAt }),
    },
  };
  const files = await node.run(context);
  device?.check();
  const seconds = clock();
  if (node === root) checkData(experiment, node, files);
  const outputs = await putAll(store, files);
  const entry = { parts, outputs, runtime, startedAt, seconds, ...checkout };
  return { type: 'done', entry, files: sources.files };
}

function startClock(before: number): () => number {
  const start = performance.now();
  return () => before + (performance.now() - start) / 1000;
}

let device: Device | undefined;

async function openFor(tensors: boolean, backend: BackendName | undefined): Promise<RuntimeRecord> {
  if (!tensors) {
    const adapter = cpus()[0]?.model.trim() ?? 'unknown processor';
    const { node } = process.versions;
    return { backend: 'cpu', adapter, software: false, node, packages: {} };
  }
  device = await openDevice(backend);
  await send({ type: 'opened', runtime: device.record, reason: device.reason });
  return device.record;
}

async function readInputs(
  store: Store,
  inputs: Readonly<Record<string, InputRecord>>,
): Promise<Record<string, NodeResult>> {
  const results: Record<string, NodeResult> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const files: Record<string, Uint8Array> = {};
    for (const [file, hash] of Object.entries(input.sha256)) {
      const bytes = await store.get(hash);
      if (!bytes)
        throw new Error(`store: expected ${file} of input ${name}, got nothing; run again`);
      files[file] = bytes;
    }
    results[name] = { ...input, files };
  }
  return results;
}

function checkData(experiment: Experiment, node: Node, files: Files): void {
  const bytes = files[DATA];
  if (!bytes || Object.keys(files).length !== 1) {
    const got = Object.keys(files).join(', ') || 'none';
    throw new Error(`node ${node.id}: expected the one output ${DATA}, got ${got}; use dataFile()`);
  }
  experiment.data.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

async function putAll(store: Store, files: Files): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(files)) outputs[name] = await store.put(bytes);
  return outputs;
}

function outcome(error: unknown): FromWorker {
  if (interruption.signal.aborted) return { type: 'interrupted' };
  return {
    type: 'failed',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

listen((job) => {
  void work(job)
    .catch(outcome)
    .then(send)
    .then(
      () => process.exit(0),
      () => process.exit(1),
    );
});
