import type { Preset } from '../artifacts/artifact.ts';
import type { Experiment, Node } from './experiment.ts';
import { canonicalJson } from './hash.ts';
import type { Json } from './hash.ts';
import type { Judge } from './implementation.ts';
import type { Keyer } from './keys.ts';
import { keyOf } from './lock.ts';
import type { KeyParts, LockEntry, LockFile } from './lock.ts';
import { graphOf, nodesOf } from './portable/graph.ts';

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
  /** Under which its result would be filed today; undefined where an input or what it reads is not there. */
  key: string | undefined;
}

/** The last nodes of a plan whose artifacts a node reads as data. */
export function readBy({ node }: PlannedNode, plan: readonly PlannedNode[]): PlannedNode[] {
  const read = Object.values(node.data ?? {}).flatMap((source) =>
    'artifact' in source ? [`${source.artifact}.${source.preset}`] : [],
  );
  if (read.length === 0) return [];
  return plan.filter(
    (other) => other.last && read.includes(`${other.experiment.id}.${other.preset}`),
  );
}

const idOf = ({ id }: Experiment, preset: Preset, node: Node): string =>
  `${id}.${preset}/${node.id}`;

interface Planner {
  preset: Preset;
  lock: LockFile;
  keyer: Keyer;
  judge: Judge;
}

/** Plans the nodes of one preset of each experiment. Nothing is run or written. */
export async function planAll(
  experiments: readonly Experiment[],
  planner: Planner,
): Promise<PlannedNode[][]> {
  const plans: PlannedNode[][] = [];
  for (const experiment of experiments) plans.push(await planExperiment(experiment, planner));
  return plans;
}

/** Plans the nodes of one preset, inputs first. */
async function planExperiment(experiment: Experiment, planner: Planner): Promise<PlannedNode[]> {
  const { preset } = planner;
  const root = graphOf(experiment, preset);
  const planned = new Map<Node, PlannedNode>();
  for (const node of nodesOf(root)) {
    const id = idOf(experiment, preset, node);
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, input]) => [name, planned.get(input) as PlannedNode]),
    );
    const last = node === root;
    const judged = await judgeNode(id, node, inputs, planner);
    planned.set(node, { id, node, experiment, preset, inputs, last, ...judged });
  }
  return [...planned.values()];
}

type Judged = Pick<PlannedNode, 'entry' | 'state' | 'reasons' | 'key'>;

/** Looks a node's result up by its key, or says why there is none. */
async function judgeNode(
  id: string,
  node: Node,
  inputs: PlannedNode['inputs'],
  { lock, keyer, judge }: Planner,
): Promise<Judged> {
  const before = lock.get(id);
  const waiting = Object.values(inputs).filter(({ state }) => state !== 'fresh');
  const reasons = notFresh(waiting);
  const unread = (error: unknown): string =>
    error instanceof Error ? error.message : String(error);
  let parts: KeyParts;
  try {
    parts = await keyer.parts(node, outputsOf(inputs));
  } catch (error) {
    return {
      entry: before,
      state: before ? 'stale' : 'missing',
      reasons: [...reasons, unread(error)],
      key: undefined,
    };
  }
  const today = keyOf(parts);
  const key = waiting.length > 0 ? undefined : today;
  const found = lock.find(today);
  if (found && found !== before) lock.adopt(id, found);
  const entry = found ?? before;
  if (!entry) return { entry, state: 'missing', reasons: ['it has never run'], key };
  if (!found) {
    const { files } = await keyer.meaningOf(node);
    const known = { before: lock.filesOf(entry), after: files };
    reasons.push(...differences(entry.parts, parts, known, waiting.length > 0));
  }
  const objection = await judge.objection(entry.runtime);
  if (objection !== undefined) reasons.push(objection);
  return { entry, state: reasons.length === 0 ? 'fresh' : 'stale', reasons, key };
}

function notFresh(inputs: readonly PlannedNode[]): string[] {
  return (['stale', 'missing'] as const).flatMap((state) => {
    const names = inputs.filter((input) => input.state === state).map(({ node }) => node.id);
    if (names.length < 2) return names.map((name) => `input ${name} is ${state}`);
    const named = names.length < 4 ? `: ${names.join(', ')}` : '';
    return [`${names.length} inputs are ${state}${named}`];
  });
}

/** What changed since a result was made. */
function differences(
  before: KeyParts,
  after: KeyParts,
  files: { before: Readonly<Record<string, string>>; after: Record<string, string> },
  waiting: boolean,
): string[] {
  const code = `code: ${changedFiles(files.before, files.after) || 'what it reaches changed'}`;
  const found = [
    ...(before.code === after.code ? [] : [code]),
    ...changes('parameters', before.parameters, after.parameters),
    ...changes('seed', before.seed, after.seed),
    ...(waiting ? [] : changes('inputs', before.inputs, after.inputs)),
    ...changes('data', before.data, after.data),
    ...changes('packages', before.packages, after.packages),
  ];
  return found.length > 0 || waiting ? found : ['the order of its parameters, inputs or data'];
}

/** Outputs of the inputs' recorded results; an input that never ran has none. */
const outputsOf = (inputs: PlannedNode['inputs']): KeyParts['inputs'] =>
  Object.fromEntries(
    Object.entries(inputs).flatMap(([name, { entry }]) => (entry ? [[name, entry.outputs]] : [])),
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
