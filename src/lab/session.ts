import type { Preset } from '../artifacts/artifact.ts';
import { paperFolder } from '../artifacts/folder.ts';
import { UsageError } from './command.ts';
import { findExperiment, listExperiments } from './catalog.ts';
import { createJudge } from './implementation.ts';
import type { Judge } from './implementation.ts';
import { createKeyer } from './keys.ts';
import type { Keyer } from './keys.ts';
import { LockFile } from './lock.ts';
import { planAll } from './plan.ts';
import type { PlannedNode } from './plan.ts';
import { rootOf } from './select.ts';
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
  keyer: Keyer;
  judge: Judge;
  lock: LockFile;
  /**
   * Plans what the ids name: experiments, `<experiment>/<node>`, or everything where there are none.
   * @throws UsageError where there is no such node
   */
  targets(ids: readonly string[]): Promise<(Target & { named: readonly PlannedNode[] })[]>;
}

export async function openSession(preset: Preset): Promise<Session> {
  const workspace = openWorkspace(paperFolder());
  const lock = await LockFile.open(workspace, preset);
  const [keyer, judge] = [createKeyer(workspace), createJudge()];
  return {
    workspace,
    preset,
    keyer,
    judge,
    store: openStore(workspace, console.error),
    lock,
    async targets(ids) {
      const named =
        ids.length > 0 ? ids.map((id) => parseId(id, preset)) : await everything(workspace, preset);
      const names = [...new Set(named.map(({ experiment }) => experiment))];
      const experiments = await Promise.all(names.map((name) => findExperiment(workspace, name)));
      const plans = await planAll(experiments, { preset, lock, keyer, judge });
      return named.map(({ experiment, node }) => {
        const target = { plan: plans[names.indexOf(experiment)] as PlannedNode[], node };
        return { ...target, named: node === undefined ? target.plan : [rootOf(target)] };
      });
    },
  };
}

interface Named {
  experiment: string;
  node: string | undefined;
}

function parseId(id: string, preset: Preset): Named {
  const [name = '', ...rest] = id.split('/');
  const [experiment = '', own = preset] = name.split('.');
  if (own !== preset)
    throw new UsageError(`expected ids of preset ${preset}, got ${id}; name one preset at a time`);
  return { experiment, node: rest.length === 0 ? undefined : rest.join('/') };
}

async function everything(workspace: Workspace, preset: Preset): Promise<Named[]> {
  const experiments = await listExperiments(workspace);
  return experiments
    .filter(({ presets }) => presets[preset] !== undefined)
    .map(({ id }) => ({ experiment: id, node: undefined }));
}
