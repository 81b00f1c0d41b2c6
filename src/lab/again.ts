import type { LockEntry } from './lock.ts';
import type { Evidence, Experiment, Node, NodeContext } from './experiment.ts';
import type { Job } from './protocol.ts';
import { hasArtifact, readArtifact, readRecorded } from './publish.ts';
import type { Store } from './store.ts';
import type { Workspace } from './workspace.ts';

/** How far what is recorded agrees with what was computed again; absent where nothing could be. */
export interface Agreement {
  replayed?: Evidence;
  /** The committed weights, evaluated on the first batch of every distribution's prompts. */
  evaluated?: { curves: number; relativeError: number };
}

/** Of a recorded result, what is computed again. */
export interface Again extends Pick<LockEntry, 'outputs' | 'lastState'> {
  /** Whether its beginning is, and its last stretch where the state before it was kept. */
  replays: boolean;
}

interface Place {
  workspace: Workspace;
  store: Store;
  experiment: Experiment;
  preset: Job['preset'];
}

/** Computes parts of a recorded result again, without the checkpoint of a run under way. */
export async function computeAgain(
  node: Node,
  context: (checkpoint: NodeContext['checkpoint']) => NodeContext,
  again: Again,
  place: Place,
): Promise<Agreement> {
  const replayed = again.replays ? await replay(node, context, again, place.store) : undefined;
  const evaluated = await evaluate(again, place);
  return { ...(replayed && { replayed }), ...(evaluated && { evaluated }) };
}

async function replay(
  node: Node,
  context: (checkpoint: NodeContext['checkpoint']) => NodeContext,
  { outputs, lastState }: Again,
  store: Store,
): Promise<Evidence> {
  if (!node.replay)
    throw new Error(
      `node ${node.id}: expected a node that can be replayed, got none; run it again`,
    );
  const recorded: Record<string, Uint8Array> = {};
  for (const [name, hash] of Object.entries(outputs)) {
    const bytes = await store.get(hash);
    if (bytes) recorded[name] = bytes;
  }
  const nothing = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() };
  const state = lastState === undefined ? undefined : await store.get(lastState);
  return node.replay(context(nothing), recorded, state);
}

async function evaluate(
  { outputs }: Again,
  { workspace, experiment, preset }: Place,
): Promise<Agreement['evaluated']> {
  if (!experiment.verify || !hasArtifact(workspace, experiment, preset)) return undefined;
  const artifact = await readArtifact(workspace, experiment, preset);
  const { inputs } = artifact.provenance;
  const committed = Object.values(inputs).flatMap(({ published = {} }) => Object.values(published));
  const own = new Set(Object.values(outputs)).intersection(new Set(committed));
  const errors: number[] = [];
  const comparisons = experiment.verify({
    artifact,
    read: readRecorded(workspace, artifact),
    examples: Infinity,
    wants: (_, weights) => own.has(weights),
  });
  for await (const { relativeError } of comparisons) errors.push(relativeError);
  return errors.length === 0
    ? undefined
    : { curves: errors.length, relativeError: Math.max(...errors) };
}
