import type { Preset } from '../../artifacts/artifact.ts';
import { listExperiments } from '../catalog.ts';
import { faultOfState, openCheckpoint } from '../checkpoint.ts';
import { checkData } from '../data.ts';
import { DATA } from '../experiment.ts';
import { readIfThere } from '../files.ts';
import { canonicalJson, sha256 } from '../hash.ts';
import { createJudge } from '../implementation.ts';
import { createKeyer } from '../keys.ts';
import { LockFile, keyOf } from '../lock.ts';
import type { LockEntry } from '../lock.ts';
import { planAll } from '../plan.ts';
import type { PlannedNode } from '../plan.ts';
import { publish } from '../publish.ts';
import { objectPath, openStore } from '../store.ts';
import type { Store } from '../store.ts';
import type { Workspace } from '../workspace.ts';

interface Sides {
  here: Workspace;
  from: Workspace;
  ours: LockFile;
  theirs: LockFile;
  store: Store;
}

interface Merged {
  imported: string[];
  /** Already here, with the same key and outputs. */
  present: string[];
  /** Nodes under way there, which go on here from their checkpoints. */
  checkpoints: string[];
  /** Why each other result stays out, by node. */
  refused: Map<string, string>;
}

/**
 * Brings in the results of one preset that today's sources would make, inputs first. A result of this
 * repository is never replaced by another of the same key.
 */
export async function mergeResults(
  here: Workspace,
  from: Workspace,
  preset: Preset,
): Promise<Merged> {
  const [ours, theirs] = [await LockFile.open(here, preset), await LockFile.open(from, preset)];
  const store = openStore(here, console.error);
  const sides: Sides = { here, from, ours, theirs, store };
  const merged: Merged = { imported: [], present: [], checkpoints: [], refused: new Map() };
  const sent = theirs.ids().filter((id) => id.split('/')[0]?.endsWith(`.${preset}`));
  const [keyer, judge] = [createKeyer(here), createJudge()];
  const all = await listExperiments(here);
  const experiments = all.filter(({ presets }) => presets[preset] !== undefined);
  const plans = await planAll(experiments, { preset, lock: theirs, keyer, judge });
  for (const plan of plans) {
    for (const planned of plan) {
      await mergeOne(sides, planned, merged);
      await mergeCheckpoint(sides, planned, merged);
    }
    const ids = new Set(merged.imported);
    for (const planned of plan)
      if (ids.has(planned.id)) await publish(here, store, ours, plan, planned);
  }
  const known = new Set(plans.flat().map(({ id }) => id));
  for (const id of sent)
    if (!known.has(id)) merged.refused.set(id, 'no experiment here has this node');
  return merged;
}

async function mergeOne(sides: Sides, planned: PlannedNode, merged: Merged): Promise<void> {
  const { entry, id } = planned;
  if (!entry) return;
  const { ours, theirs, store } = sides;
  const own = ours.get(id);
  if (own && sameResult(own, entry)) {
    merged.present.push(id);
    return;
  }
  const reason = refusal(planned, own, merged);
  const outputs = reason === undefined ? await readOutputs(sides, planned, entry) : reason;
  if (typeof outputs === 'string') {
    merged.refused.set(id, outputs);
    return;
  }
  const fault = faultOfData(planned, outputs);
  if (fault !== undefined) {
    merged.refused.set(id, fault);
    return;
  }
  for (const bytes of outputs) await store.put(bytes);
  await ours.set(id, { ...entry, published: {} }, theirs.filesOf(entry));
  merged.imported.push(id);
}

/** Why the data of an experiment's last node are none of its schema. */
function faultOfData(
  { experiment, node, last }: PlannedNode,
  [bytes]: Buffer[],
): string | undefined {
  if (!last) return undefined;
  try {
    checkData(experiment, node, bytes ? { [DATA]: bytes } : {});
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Takes over where the other side stands in what neither has finished. A checkpoint that is here stays. */
async function mergeCheckpoint(
  { here, from, ours }: Sides,
  { id, key, entry, node }: PlannedNode,
  { checkpoints, refused }: Merged,
): Promise<void> {
  const own = ours.get(id);
  if (key === undefined || [own, entry].some((known) => known && keyOf(known.parts) === key))
    return;
  const saved = await openCheckpoint(from, key, console.error).load();
  if (!saved) return;
  const fault = faultOfState(node, saved.bytes);
  if (fault !== undefined) {
    refused.set(id, `its checkpoint is none to go on from: ${fault}`);
    return;
  }
  const place = openCheckpoint(here, key, console.error);
  if (await place.load()) return;
  await place.save(saved);
  checkpoints.push(id);
}

const sameResult = (a: LockEntry, b: LockEntry): boolean =>
  keyOf(a.parts) === keyOf(b.parts) && canonicalJson(a.outputs) === canonicalJson(b.outputs);

function refusal(
  { entry, state, reasons, inputs, id }: PlannedNode,
  own: LockEntry | undefined,
  { refused }: Merged,
): string | undefined {
  if (state !== 'fresh' || !entry)
    return `not what this repository would make: ${reasons.join('; ')}`;
  const without = Object.values(inputs).find((input) => refused.has(input.id));
  if (without) return `its input ${without.node.id} was refused`;
  if (!own || keyOf(own.parts) !== keyOf(entry.parts)) return undefined;
  const { runtime, startedAt } = own;
  return (
    `this repository has a result of the same key with other bytes (made ${startedAt} on ` +
    `${runtime.backend}, ${runtime.adapter}), which is kept; to take the other, remove ${id} from the lock`
  );
}

/**
 * The outputs' bytes, or why they cannot be had. Those that nobody commits, such as large weights, may have stayed
 * behind. The other side's files are left as they are.
 */
async function readOutputs(
  { from }: Sides,
  { node, last }: PlannedNode,
  entry: LockEntry,
): Promise<Buffer[] | string> {
  const outputs: Buffer[] = [];
  for (const [name, hash] of Object.entries(entry.outputs)) {
    const bytes = await readIfThere(objectPath(from, hash));
    const committed = last || name in (node.publish ?? {});
    if (!bytes && !committed) continue;
    if (!bytes) return `its output ${name} is not in the store that came with it`;
    if (sha256(bytes) !== hash) return `its output ${name} does not have the recorded hash`;
    outputs.push(bytes);
  }
  const state = entry.lastState && (await readIfThere(objectPath(from, entry.lastState)));
  if (state && sha256(state) === entry.lastState) outputs.push(state);
  return outputs;
}
