import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Preset } from '../artifacts/artifact.ts';
import { UsageError, didYouMean } from './command.ts';
import type { Experiment, Node } from './experiment.ts';
import type { Workspace } from './workspace.ts';

/** Every experiment of the repository: each `experiments/<id>.ts` that exports `experiment`. */
export async function listExperiments(workspace: Workspace): Promise<Experiment[]> {
  const files = readdirSync(workspace.experiments)
    .filter((name) => name.endsWith('.ts'))
    .toSorted();
  const found = await Promise.all(files.map((name) => load(join(workspace.experiments, name))));
  return found.filter((experiment) => experiment !== undefined);
}

export async function findExperiment(workspace: Workspace, id: string): Promise<Experiment> {
  const path = join(workspace.experiments, `${id}.ts`);
  const experiment = existsSync(path) ? await load(path) : undefined;
  if (experiment) return experiment;
  const known = (await listExperiments(workspace)).map((known) => known.id);
  throw new UsageError(
    `expected an experiment, got ${id}; there are: ${known.join(', ') || 'none'}${didYouMean(id, known)}`,
  );
}

async function load(path: string): Promise<Experiment | undefined> {
  const { experiment } = await loaded(path);
  const id = basename(path, '.ts');
  if (experiment && experiment.id !== id) {
    throw new Error(
      `${path}: expected experiment id ${id}, got ${experiment.id}; rename one of them`,
    );
  }
  return experiment;
}

async function loaded(path: string): Promise<{ experiment?: Experiment }> {
  try {
    return (await import(pathToFileURL(path).href)) as { experiment?: Experiment };
  } catch (error) {
    throw new Error(
      `${path}: expected an experiment that loads, got ${String(error)}; LAB_DEBUG=1 says where`,
      { cause: error },
    );
  }
}

/** The last node of an experiment's graph. */
export function graphOf(experiment: Experiment, preset: Preset): Node {
  const parameters = experiment.presets[preset];
  if (parameters === undefined) {
    const known = Object.keys(experiment.presets).join(', ');
    throw new Error(
      `${experiment.id}: expected a preset of ${known}, got ${preset}; choose one of them`,
    );
  }
  return experiment.graph(parameters, preset);
}

/** The nodes below `root` and itself, inputs first. */
export function nodesOf(root: Node): Node[] {
  const order: Node[] = [];
  const visit = (node: Node): void => {
    const same = order.find(({ id }) => id === node.id);
    if (same === node) return;
    if (same) throw new Error(`lab: expected unique node ids, got ${node.id} twice; rename one`);
    Object.values(node.inputs).forEach(visit);
    order.push(node);
  };
  visit(root);
  return order;
}
