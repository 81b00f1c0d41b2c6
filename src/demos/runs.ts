import type { Preset } from '../artifacts/artifact.ts';
import { paperFolder } from '../artifacts/folder.ts';
import { publicFolder } from '../components/results/folders.ts';
import { openWorkspace } from '../lab/workspace.ts';
import type { Workspace } from '../lab/workspace.ts';
import type { OfferedRun, RunGroup } from './choice.ts';
import { bytesOf } from './offer.ts';
import { offered } from './offers.ts';
import type { Offered } from './offers.ts';

/** Where this site's experiments and their records are. */
const workspace = (): Workspace => ({
  ...openWorkspace(paperFolder()),
  public: publicFolder,
});

const memo = new Map<string, ReturnType<typeof offered>>();

/** What a page may run of an experiment, by node; found once a build. */
export function runsOf(experiment: string, preset: Preset): Promise<Map<string, Offered>> {
  const name = `${experiment}.${preset}`;
  const found = memo.get(name) ?? offered(workspace(), experiment, preset);
  memo.set(name, found);
  return found;
}

/** What a reader may choose between. */
export interface Choices {
  groups: (RunGroup & {
    title: string;
    options: (OfferedRun & { name: string; value: string })[];
  })[];
  /** Less of the first node, and which share of its work that is. */
  parts?: { name: string; changed: Record<string, unknown>; share: number }[];
  /** Numbers among its parameters that a reader may change. */
  varied?: { name: string; value: number }[];
}

type Wanted = RunGroup & { nodes: string[] };

/** @returns undefined where a page cannot run one of the nodes */
export async function runOf({
  experiment,
  preset,
  nodes,
  changed,
}: Wanted): Promise<OfferedRun | undefined> {
  const known = await runsOf(experiment, preset);
  const found = nodes.map((id) => known.get(id));
  const [first] = found;
  if (!first || found.some((one) => !one)) return undefined;
  const offers = found.map((one) => one!.offer);
  const share = shareOf(first, changed);
  return {
    key: first.offer.key.slice(0, 12),
    nodes,
    seconds: Number(
      offers
        .reduce((sum, { seconds }, i) => sum + seconds * (i === 0 ? share : 1), 0)
        .toPrecision(3),
    ),
    device: first.offer.device,
    bytes: offers.reduce((sum, offer) => sum + bytesOf(offer), 0),
  };
}

/** The work of a node with changed parameters, relative to that with its own. */
function shareOf({ node }: Pick<Offered, 'node'>, changed: Record<string, unknown>): number {
  const { work = () => 1 } = node.page ?? {};
  return work({ ...node.parameters, ...changed }) / work(node.parameters);
}
