import type { Preset } from '../artifacts/artifact.ts';
import { graphOf, nodesOf } from './catalog.ts';
import type { Experiment, Node } from './experiment.ts';
import { canonicalJson } from './hash.ts';
import type { Json } from './hash.ts';
import type { Keyer } from './keys.ts';
import { keyOf } from './lock.ts';
import type { KeyParts, LockEntry, LockFile } from './lock.ts';

type State = 'fresh' | 'stale' | 'missing';

/** A node of one preset of an experiment, with what the lock knows of it. */
export interface PlannedNode {
  /** `<experiment>.<preset>/<node>` */
  id: string;
  node: Node;
  experiment: Experiment;
  preset: Preset;
  inputs: Readonly<Record<string, PlannedNode>>;
  /** Whether it is the last node, whose data becomes the artifact. */
  last: boolean;
  entry: LockEntry | undefined;
  state: State;
  /** Why it is not fresh. */
  reasons: string[];
}

const idOf = ({ id }: Experiment, preset: Preset, node: Node): string =>
  `${id}.${preset}/${node.id}`;

/** Plans the nodes of one preset of each experiment. */
export async function planAll(
  experiments: readonly Experiment[],
  preset: Preset,
  lock: LockFile,
  keyer: Keyer,
): Promise<PlannedNode[][]> {
  const recorded = experiments.flatMap((experiment) =>
    nodesOf(graphOf(experiment, preset)).flatMap((node) => {
      const backend = lock.get(idOf(experiment, preset, node))?.runtime.backend;
      return backend ? [{ node, backend }] : [];
    }),
  );
  await keyer.prepare(recorded);
  const plans: PlannedNode[][] = [];
  for (const experiment of experiments)
    plans.push(await planExperiment(experiment, preset, lock, keyer));
  return plans;
}

/** Plans the nodes of one preset, inputs first. Nothing is run or written. */
async function planExperiment(
  experiment: Experiment,
  preset: Preset,
  lock: LockFile,
  keyer: Keyer,
): Promise<PlannedNode[]> {
  const root = graphOf(experiment, preset);
  const planned = new Map<Node, PlannedNode>();
  for (const node of nodesOf(root)) {
    const id = idOf(experiment, preset, node);
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, input]) => [name, planned.get(input) as PlannedNode]),
    );
    const entry = lock.get(id);
    const reasons = entry
      ? await differences(node, inputs, entry, lock, keyer)
      : ['it has never run'];
    const state = entry ? (reasons.length === 0 ? 'fresh' : 'stale') : 'missing';
    const last = node === root;
    planned.set(node, { id, node, experiment, preset, inputs, last, entry, state, reasons });
  }
  return [...planned.values()];
}

/** What changed since the entry was made, judged on the backend that made it. */
async function differences(
  node: Node,
  inputs: Readonly<Record<string, PlannedNode>>,
  entry: LockEntry,
  lock: LockFile,
  keyer: Keyer,
): Promise<string[]> {
  const notFresh = Object.values(inputs).filter(({ state }) => state !== 'fresh');
  const { parts, sources } = await keyer.parts(node, entry.runtime.backend, inputKeys(inputs));
  const reasons = (['stale', 'missing'] as const).flatMap((state) => {
    const names = notFresh.filter((input) => input.state === state).map(({ node }) => node.id);
    if (names.length < 2) return names.map((name) => `input ${name} is ${state}`);
    const named = names.length < 4 ? `: ${names.join(', ')}` : '';
    return [`${names.length} inputs are ${state}${named}`];
  });
  const before = entry.parts;
  if (parts.sources !== before.sources) {
    reasons.push(
      `code: ${changedFiles(lock.filesOf(entry), sources.files) || 'what it reaches changed'}`,
    );
  }
  reasons.push(...changes('parameters', before.parameters, parts.parameters));
  reasons.push(...changes('seed', before.seed, parts.seed));
  if (notFresh.length === 0) reasons.push(...changes('inputs', before.inputs, parts.inputs));
  reasons.push(...changes('packages', before.packages, parts.packages));
  return reasons;
}

/** Keys of the inputs' recorded results; an input that never ran has none. */
const inputKeys = (inputs: Readonly<Record<string, PlannedNode>>): KeyParts['inputs'] =>
  Object.fromEntries(
    Object.entries(inputs).flatMap(([name, { entry }]) =>
      entry ? [[name, keyOf(entry.parts)]] : [],
    ),
  );

function changedFiles(
  before: Readonly<Record<string, string>>,
  after: Record<string, string>,
): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name} ${describe(before[name], after[name], 'changed')}`)
    .join(', ');
}

const describe = (before: unknown, after: unknown, both: string): string =>
  before === undefined ? 'added' : after === undefined ? 'gone' : both;

/** One line for each leaf in which two JSON values differ; of lists whose lengths differ, what came and went. */
function changes(path: string, before: Json | undefined, after: Json | undefined): string[] {
  const text = (value: Json | undefined): string =>
    value === undefined ? 'nothing' : canonicalJson(value);
  if (text(before) === text(after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return names.flatMap((name) => changes(`${path}.${name}`, before[name], after[name]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length === after.length)
      return before.flatMap((item, i) => changes(`${path}[${i}]`, item, after[i]));
    const without = (items: readonly Json[], others: readonly Json[]): number => {
      const known = new Set(others.map(text));
      return items.filter((item) => !known.has(text(item))).length;
    };
    const [gone, added] = [without(before, after), without(after, before)];
    const what = `${before.length} → ${after.length} items, ${added} of them new, ${gone} gone`;
    return [`${path}: ${what}`];
  }
  return [`${path}: ${text(before)} → ${text(after)}`];
}

const isRecord = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
