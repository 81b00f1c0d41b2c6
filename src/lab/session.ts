import process from 'node:process';
import type { Preset } from '../artifacts/artifact.ts';
import { findExperiment, listExperiments } from './catalog.ts';
import { createKeyer } from './keys.ts';
import { LockFile } from './lock.ts';
import { planExperiment } from './plan.ts';
import type { PlannedNode } from './plan.ts';
import type { Target } from './select.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';
import { openWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** One preset of the repository, opened for a command. */
export interface Session {
  workspace: Workspace;
  preset: Preset;
  store: Store;
  lock: LockFile;
  /** Plans what the ids name: experiments, `<experiment>/<node>`, or everything where there are none. */
  targets(ids: readonly string[]): Promise<Target[]>;
}

export async function openSession(preset: Preset): Promise<Session> {
  const workspace = openWorkspace(process.cwd());
  const lock = await LockFile.open(workspace, preset);
  const keyer = createKeyer(workspace.root);
  const plans = new Map<string, readonly PlannedNode[]>();
  const target = async (id: string): Promise<Target> => {
    const [name = '', ...rest] = id.split('/');
    const experiment = await findExperiment(workspace, name);
    const plan = plans.get(name) ?? (await planExperiment(experiment, preset, lock, keyer));
    plans.set(name, plan);
    return { plan, node: rest.length === 0 ? undefined : rest.join('/') };
  };
  return {
    workspace,
    preset,
    store: openStore(workspace, console.error),
    lock,
    async targets(ids) {
      const named = ids.length > 0 ? ids : await defaultIds(workspace, preset);
      const found: Target[] = [];
      for (const id of named) found.push(await target(id));
      return found;
    },
  };
}

async function defaultIds(workspace: Workspace, preset: Preset): Promise<string[]> {
  const experiments = await listExperiments(workspace);
  return experiments.filter(({ presets }) => presets[preset] !== undefined).map(({ id }) => id);
}
