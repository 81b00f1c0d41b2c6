import { RENEWED } from '../components/client/renewed.ts';
import type { Experiment, Files, Node, NodeContext, NodeResult } from '../lab/experiment.ts';
import { compare } from '../lab/portable/compare.ts';
import { contextOf, standingOf } from '../lab/portable/context.ts';
import type { Saved } from '../lab/portable/context.ts';
import { digest } from '../lab/portable/digest.ts';
import { graphOf, nodesOf } from '../lab/portable/graph.ts';
import type { Receipt } from '../lab/portable/receipt.ts';
import type { RuntimeRecord } from '../runtime/runtime.ts';
import type { FromWorker, Job, Made } from './messages.ts';
import { offersPath } from './offer.ts';
import type { Offer, Offers, ServedFiles, Step } from './offer.ts';

/** An open device as nodes see it. */
export interface Device {
  record: RuntimeRecord;
  /** Why it was taken. */
  reason: string;
  /** Throws if it was lost. */
  check(): void;
}

/** States of a node to go on from. */
export interface Kept {
  load(): Promise<Saved | undefined>;
  save(saved: Saved): Promise<void>;
}

/** Where nodes run: a worker of the page, or a test. */
export interface Place {
  /** What the site offers to run. */
  offers(url: string): Promise<Offers>;
  /** The code of an experiment. */
  load(experiment: string): Promise<Experiment>;
  /** The device for tensors; without them, the processor. */
  open(tensors: boolean): Promise<Device>;
  /** Files of the site, checked. */
  files(served: ServedFiles): Promise<Files>;
  /** What there is to go on from, under a name. */
  checkpoint(name: string): Kept;
  signal: AbortSignal;
  /** Lets the event loop turn; comes back when the run is not held. */
  turn(): Promise<void>;
  /** Hears whether the node under way can go on from a checkpoint. */
  resumable(can: boolean): void;
  emit(event: FromWorker): void;
  userAgent: string;
}

/** Runs nodes one after the other, as the lab does, on what the site serves. @throws Error in words for a reader */
export async function runNodes(job: Job, place: Place): Promise<void> {
  place.emit({ type: 'stage', text: 'Reading what was recorded …' });
  const url = new URL(offersPath(job.experiment, job.preset), job.site).href;
  const offers = await place.offers(url);
  const first = offers[job.steps[0]?.node ?? ''];
  if (!first?.key.startsWith(job.key))
    throw new Error(`The results in ${url} are not those that this page shows. ${RENEWED}`);
  const experiment = await place.load(job.experiment);
  const nodes = nodesOf(graphOf(experiment, job.preset));
  const made = new Map<string, NodeResult>();
  for (const step of job.steps) {
    const [node, offer] = [nodes.find(({ id }) => id === step.node), offers[step.node]];
    if (!node || !offer) throw new Error(`This site does not offer ${step.node}. ${RENEWED}`);
    made.set(node.id, await runNode({ job, step, offer, node: changed(node, step) }, made, place));
  }
}

/** A node with what the reader changed: parameters, or its seed. */
function changed(node: Node, { changed }: Step): Node {
  const { seed, ...others } = changed;
  const parameters = node.seed === undefined ? changed : others;
  return {
    ...node,
    parameters: { ...node.parameters, ...parameters },
    ...(node.seed !== undefined && typeof seed === 'number' && { seed }),
  };
}

interface Task {
  job: Job;
  step: Step;
  offer: Offer;
  /** As changed. */
  node: Node;
}

async function runNode(
  task: Task,
  made: ReadonlyMap<string, NodeResult>,
  place: Place,
): Promise<NodeResult> {
  const { node, offer, step } = task;
  place.emit({ type: 'stage', text: offer.tensors ? 'Starting the device …' : 'Starting …' });
  const device = await place.open(offer.tensors);
  place.emit({ type: 'device', runtime: device.record, reason: device.reason });
  place.emit({ type: 'stage', text: 'Loading its inputs …' });
  const inputs = await inputsOf(task, made, place);
  const recorded = await recordedOf(task, inputs, place);
  if (recorded) place.emit({ type: 'recorded', node: node.id, files: textsOf(recorded) });
  const name = await digest(utf8([offer.key, step.changed, device.record.backend]));
  const { load, save } = place.checkpoint(name);
  const standing = standingOf(await load(), save);
  const context = contextOf(node, {
    inputs,
    data: await place.files(offer.data),
    runtime: device.record,
    signal: place.signal,
    check: () => device.check(),
    async report(progress) {
      place.emit({ type: 'progress', node: node.id, ...progress, seconds: standing.seconds() });
      await place.turn();
    },
  });
  place.emit({ type: 'stage', text: 'Running …' });
  place.resumable(false);
  const files = await node.run(context(noticed(standing.checkpoint, place)));
  device.check();
  const result = { files, sha256: await hashesOf(files) };
  const [startedAt, seconds] = [standing.startedAt, standing.seconds()];
  const circumstances = { runtime: device.record, startedAt, seconds, userAgent: place.userAgent };
  place.emit({ type: 'made', made: conclude(task, result, recorded, circumstances) });
  return result;
}

/** A node that asks for its checkpoint can go on from there. */
const noticed = (
  { load, save }: NodeContext['checkpoint'],
  place: Place,
): NodeContext['checkpoint'] => ({
  save,
  load() {
    place.resumable(true);
    return load();
  },
});

async function inputsOf(
  { node, offer }: Task,
  made: ReadonlyMap<string, NodeResult>,
  place: Place,
): Promise<NodeContext['inputs']> {
  const inputs = Object.entries(node.inputs).map(async ([name, input]) => {
    const own = made.get(input.id);
    if (own) return [name, own] as const;
    const served = offer.inputs[name]!;
    return [name, { files: await place.files(served), sha256: hashesIn(served) }] as const;
  });
  return Object.fromEntries(await Promise.all(inputs));
}

const hashesIn = (served: ServedFiles): Record<string, string> =>
  Object.fromEntries(Object.entries(served).map(([file, { sha256 }]) => [file, sha256]));

/** What is recorded of the same work; undefined where the run is the reader's own. */
async function recordedOf(
  { node, offer, job, step }: Task,
  inputs: NodeContext['inputs'],
  place: Place,
): Promise<Files | undefined> {
  const same = Object.entries(offer.inputs).every(([name, files]) =>
    Object.entries(files).every(([file, { sha256 }]) => inputs[name]?.sha256[file] === sha256),
  );
  if (!same || (node.seed !== undefined && 'seed' in step.changed)) return undefined;
  const outputs = await place.files(offer.outputs);
  if (Object.keys(step.changed).length === 0) return outputs;
  const graph = nodesOf(graphOf(await place.load(job.experiment), job.preset));
  const parameters = graph.find(({ id }) => id === node.id)!.parameters;
  return node.page?.recorded?.(node.parameters, { parameters, outputs });
}

const utf8 = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

async function hashesOf(files: Files): Promise<Record<string, string>> {
  const hashes = Object.entries(files).map(async ([name, bytes]) => [name, await digest(bytes)]);
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>;
}

/** The text of the files that are JSON. */
const textsOf = (files: Files): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files)
      .filter(([name]) => name.endsWith('.json'))
      .map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
  );

type Circumstances = Pick<Receipt, 'runtime' | 'startedAt' | 'seconds' | 'userAgent'>;

function conclude(
  { job, step, offer, node }: Task,
  result: NodeResult,
  recorded: Files | undefined,
  circumstances: Circumstances,
): Made {
  const files = textsOf(result.files);
  const made = { node: node.id, seconds: circumstances.seconds, files };
  if (!recorded) return made;
  const verdict = compare(result.files, recorded, offer.tolerance);
  const receipt: Receipt = {
    receipt: 2,
    experiment: job.experiment,
    preset: job.preset,
    node: node.id,
    key: offer.key,
    changed: step.changed as Receipt['changed'],
    ...circumstances,
    outputs: { ...result.sha256 },
    files,
    verdict,
  };
  return { ...made, verdict, receipt: `${JSON.stringify(receipt, null, 2)}\n` };
}
