import type { LockFile } from './lock.ts';
import type { PlannedNode } from './plan.ts';

/** How long a node took when it last ran here, or else one that differs from it by its seed alone. */
export function pastSeconds(lock: LockFile, { id }: PlannedNode): number | undefined {
  const own = lock.get(id)?.seconds;
  if (own !== undefined) return own;
  const kind = withoutSeed(id);
  const kin = lock.ids().filter((other) => withoutSeed(other) === kind);
  const seconds = kin.map((other) => lock.get(other)?.seconds ?? 0);
  return seconds.length === 0 ? undefined : Math.max(...seconds);
}

const withoutSeed = (id: string): string => id.replace(/-\d+$/, '');

export interface Estimate {
  /** Of all nodes together. */
  work: number;
  /** Until the last node ends, with `jobs` at a time. */
  wall: number;
  /** Nodes that neither ran before nor have kin that did; the times leave them out. */
  unknown: number;
}

/** Plays a run through: whenever a job is free, the first node whose inputs are done starts. */
export function estimate(
  nodes: readonly PlannedNode[],
  jobs: number,
  secondsOf: (planned: PlannedNode) => number | undefined,
): Estimate {
  const ends = new Map<PlannedNode, number>();
  const free = Array.from({ length: jobs }, () => 0);
  const waiting = new Set(nodes);
  const readyAt = ({ inputs }: PlannedNode): number => {
    const below = Object.values(inputs);
    if (below.some((input) => waiting.has(input))) return Infinity;
    return Math.max(0, ...below.map((input) => ends.get(input) ?? 0));
  };
  let work = 0;
  while (waiting.size > 0) {
    const job = free.indexOf(Math.min(...free));
    const now = free[job] as number;
    const startOf = (planned: PlannedNode): number => Math.max(now, readyAt(planned));
    const next = [...waiting].reduce((a, b) => (startOf(b) < startOf(a) ? b : a));
    const seconds = secondsOf(next) ?? 0;
    ends.set(next, (free[job] = startOf(next) + seconds));
    waiting.delete(next);
    work += seconds;
  }
  const unknown = nodes.filter((planned) => secondsOf(planned) === undefined).length;
  return { work, wall: Math.max(0, ...free), unknown };
}
