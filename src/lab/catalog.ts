import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError, didYouMean } from './command.ts';
import type { Experiment } from './experiment.ts';
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
