import { UsageError } from './command.ts';
import { available, whyUnpublished } from './publish.ts';
import type { PlannedNode } from './plan.ts';
import type { Store } from './store.ts';
import type { Workspace } from './workspace.ts';

export interface Target {
  plan: readonly PlannedNode[];
  /** A node of the plan, or undefined for the artifact and all it is made of. */
  node: string | undefined;
}

/** The node that a target names, or the last of all. @throws UsageError where there is none of that name */
export function rootOf({ plan, node }: Target): PlannedNode {
  const root = plan.find((planned) =>
    node === undefined ? planned.last : planned.node.id === node,
  );
  if (root) return root;
  const known = plan.map((planned) => planned.node.id);
  const alike = known.filter((id) => id.split('/')[0] === node?.split('/')[0]);
  const shown = alike.length > 0 ? alike : known;
  throw new UsageError(
    `expected a node of ${plan[0]?.experiment.id}, got ${node}; there are: ${shown.join(', ')}`,
  );
}

/**
 * Decides what must run to bring a target up to date: what is stale or missing, inputs that are
 * needed and can be had neither from the store nor from a committed copy, and all that depends on them.
 */
export async function selectNodes(
  workspace: Workspace,
  store: Store,
  { plan, node }: Target,
  force: boolean,
): Promise<Set<PlannedNode>> {
  const root = rootOf({ plan, node });
  const chosen = new Set<PlannedNode>();
  const require = async (planned: PlannedNode): Promise<void> => {
    if (chosen.has(planned)) return;
    chosen.add(planned);
    for (const input of Object.values(planned.inputs)) {
      const { entry } = input;
      const usable =
        input.state === 'fresh' && entry && (await available(workspace, store, input, entry));
      if (!usable) await require(input);
    }
  };
  if (force) for (const planned of node === undefined ? plan : [root]) await require(planned);
  for (const planned of node === undefined ? plan : [root]) {
    if (await outOfDate(workspace, store, planned)) await require(planned);
  }
  for (const planned of plan) {
    const affected = Object.values(planned.inputs).some((input) => chosen.has(input));
    if (affected && (node === undefined || planned === root)) await require(planned);
  }
  return chosen;
}

/** A published result that is neither in place nor in the store must be made again. */
async function outOfDate(
  workspace: Workspace,
  store: Store,
  planned: PlannedNode,
): Promise<boolean> {
  const { state, entry, last, node } = planned;
  if (state !== 'fresh' || !entry) return true;
  if (!last && node.publish === undefined) return false;
  if ((await whyUnpublished(workspace, planned, entry)) === undefined) return false;
  return !(await available(workspace, store, planned, entry));
}
