import { usesOf } from '../experiment.ts';
import type { Node, NodeContext, Progress } from '../experiment.ts';

/** A state to go on from, and the wall time that led to it. */
export interface Saved {
  bytes: Uint8Array;
  /** Of the parts before, up to here. */
  seconds: number;
  startedAt: string;
}

/** What runs nodes: a process of its own here or on a cluster, or a worker in a reader's browser. */
export interface Host extends Pick<NodeContext, 'inputs' | 'data' | 'runtime' | 'signal'> {
  /** Throws if the device was lost or reported an error that nobody awaited. */
  check(): void;
  /** Tells whoever asked for the node, and lets the event loop turn. */
  report(progress: Progress): Promise<void>;
}

/** Everything a node is given, wherever it runs, but for where it stands. */
export const contextOf =
  (node: Node, { check, report, ...given }: Host) =>
  (checkpoint: NodeContext['checkpoint']): NodeContext => ({
    ...given,
    parameters: node.parameters,
    uses: usesOf(node),
    get seed() {
      return seedOf(node);
    },
    async progress(progress) {
      check();
      await report(progress);
    },
    checkpoint: {
      ...checkpoint,
      async save(bytes) {
        check();
        await checkpoint.save(bytes);
      },
    },
  });

function seedOf({ id, seed }: Node): number {
  if (seed !== undefined) return seed;
  throw new Error(`node ${id}: expected a seed, got none; declare it, so that its key covers it`);
}

/** Where a run stands. */
export interface Standing {
  startedAt: string;
  /** Wall time so far, with that of the parts before. */
  seconds(): number;
  checkpoint: NodeContext['checkpoint'];
}

/** A run that begins, or goes on from what was saved. */
export function standingOf(
  saved: Saved | undefined,
  save: (state: Saved) => Promise<void>,
): Standing {
  const startedAt = saved?.startedAt ?? new Date().toISOString();
  const [start, before] = [performance.now(), saved?.seconds ?? 0];
  const seconds = (): number => before + (performance.now() - start) / 1000;
  const checkpoint = {
    load: () => Promise.resolve(saved?.bytes),
    save: (bytes: Uint8Array) => save({ bytes, seconds: seconds(), startedAt }),
  };
  return { startedAt, seconds, checkpoint };
}
