import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendName } from '../../runtime/runtime.ts';
import { pastSeconds } from '../estimate.ts';
import { sha256 } from '../hash.ts';
import { Outcomes, inputRecord, mapValues } from '../outcomes.ts';
import type { RunContext } from '../outcomes.ts';
import type { PlannedNode } from '../plan.ts';
import type { Final } from '../protocol.ts';
import { runLockPath } from '../workspace.ts';
import { arraysOf } from './arrays.ts';
import type { JobArray } from './arrays.ts';
import { killAll, queued, stopAll, submit } from './commands.ts';
import { readOutcome, writeTasks } from './folder.ts';
import type { TaskInput, Tasks } from './folder.ts';

const TASK = join(import.meta.dirname, 'task.ts');
/** A job that ends without an outcome was killed; this often, it is sent again. */
const ATTEMPTS = 3;
/** Looks at the queue come seldomer while nothing happens, in milliseconds. */
const [SOON, SELDOM] = [1000, 15_000];
/** A file may show up on this host a while after its writer's job has left the queue. */
const GRACE = 4;

/**
 * Sends the chosen nodes to Slurm as array jobs, with results and checkpoints on a file system that its nodes
 * share with this one. What was killed, lost with its node or ended by its time limit is sent again and resumes.
 */
export class SlurmRun {
  readonly outcomes: Outcomes;
  readonly #context: RunContext;
  readonly #backend: BackendName | undefined;
  readonly #name: string;
  readonly #folder: string;
  readonly #lost = new Map<PlannedNode, number>();
  #stops = 0;

  constructor(context: RunContext, backend: BackendName | undefined) {
    this.outcomes = new Outcomes(context);
    this.#context = context;
    this.#backend = backend;
    const { workspace, plan } = context;
    const guard = runLockPath(workspace, plan[0]?.preset ?? 'small');
    this.#name = `lab-${sha256(guard).slice(0, 12)}`;
    this.#folder = join(workspace.local, 'slurm', this.#name);
  }

  /** First: running jobs save checkpoints. Second: kill. */
  stop(): void {
    const { display } = this.#context;
    display.line('stopping: jobs save checkpoints (again to kill)');
    this.#stops++;
    const stopping = this.#stops > 1 ? killAll(this.#name) : stopAll(this.#name);
    stopping.catch((error: unknown) => display.line(String(error)));
  }

  get stopped(): boolean {
    return this.#stops > 0;
  }

  async finish(): Promise<void> {
    await this.#endEarlierJobs();
    for (;;) {
      const waiting = this.#waiting();
      if (waiting.length === 0 || this.stopped) return;
      await rm(this.#folder, { recursive: true, force: true });
      await this.#round(waiting);
    }
  }

  /** Nodes yet to run, without those that cannot because an input failed. */
  #waiting(): PlannedNode[] {
    const { plan, chosen } = this.#context;
    const { done, failed } = this.outcomes;
    const without = new Set<PlannedNode>(failed.keys());
    return plan.filter((planned) => {
      if (!chosen.has(planned) || done.has(planned) || failed.has(planned)) return false;
      if (!Object.values(planned.inputs).some((input) => without.has(input))) return true;
      without.add(planned);
      return false;
    });
  }

  /** A run that died may have left some, which would work on the same nodes. */
  async #endEarlierJobs(): Promise<void> {
    if ((await queued(this.#name)).size === 0) return;
    this.#context.display.line('slurm: an earlier run left jobs; they save checkpoints first');
    await stopAll(this.#name);
    while ((await queued(this.#name)).size > 0) await sleep(SOON);
  }

  async #round(nodes: readonly PlannedNode[]): Promise<void> {
    const arrays = arraysOf(nodes);
    await writeTasks(this.#folder, this.#tasks(nodes, arrays));
    const places = await this.#submitAll(nodes, arrays);
    const gone = new Map(nodes.map((planned) => [planned, 0]));
    for (let pause = SOON; gone.size > 0; pause = Math.min(SELDOM, pause * 1.3)) {
      await sleep(pause);
      const queue = await queued(this.#name);
      for (const [planned, looks] of gone) {
        const state = queue.get(places.get(planned) ?? '');
        const outcome = await readOutcome(this.#folder, nodes.indexOf(planned));
        if (state === 'RUNNING')
          this.#context.display.start(planned.id, pastSeconds(this.#context.lock, planned));
        if (state === undefined) gone.set(planned, looks + 1);
        const ended = outcome && (outcome.type !== 'interrupted' || state === undefined);
        if (!ended && looks < GRACE) continue;
        pause = SOON;
        gone.delete(planned);
        await this.#end(planned, outcome);
      }
    }
  }

  async #end(planned: PlannedNode, outcome: Final | undefined): Promise<void> {
    const { display, chosen } = this.#context;
    if (outcome) await this.outcomes.take(planned, outcome);
    if (outcome?.type === 'done' || outcome?.type === 'failed' || this.stopped) return;
    const ready = Object.values(planned.inputs).every(
      (input) => !chosen.has(input) || this.outcomes.done.has(input),
    );
    if (!ready || (outcome?.type === 'interrupted' && outcome.saved)) return;
    const lost = (this.#lost.get(planned) ?? 0) + 1;
    this.#lost.set(planned, lost);
    const message = `its job ended ${lost} times without a result; see its log in ${this.#folder}`;
    if (lost >= ATTEMPTS) await this.outcomes.take(planned, { type: 'failed', message });
    else display.end(planned.id, 'its job was killed or lost; it is sent again');
  }

  /** @returns where each node is: `<job>_<index>` */
  async #submitAll(
    nodes: readonly PlannedNode[],
    arrays: readonly JobArray[],
  ): Promise<Map<PlannedNode, string>> {
    const { workspace, display } = this.#context;
    const [ids, places] = [new Map<JobArray, string>(), new Map<PlannedNode, string>()];
    for (const [number, array] of arrays.entries()) {
      const { arrays: above, each } = array.after;
      const jobs = above.map((other) => ids.get(other)).join(':');
      const id = await submit({
        name: this.#name,
        root: workspace.root,
        indices: [...array.tasks.keys()],
        resources: array.resources,
        dependency: above.length === 0 ? undefined : `${each ? 'aftercorr' : 'afterany'}:${jobs}`,
        log: join(this.#folder, `${number}_%a.log`),
        command: [process.execPath, TASK, this.#folder, String(number)],
      });
      ids.set(array, id);
      for (const [index, planned] of array.tasks) places.set(planned, `${id}_${index}`);
    }
    display.line(`slurm: sent ${nodes.length} nodes as ${arrays.length} array jobs`);
    return places;
  }

  #tasks(nodes: readonly PlannedNode[], arrays: readonly JobArray[]): Tasks {
    const { workspace, lock } = this.#context;
    const inputOf = (input: PlannedNode): TaskInput => {
      const task = nodes.indexOf(input);
      return task < 0 ? { record: inputRecord(input, lock.get(input.id)) } : { task };
    };
    const tasks = nodes.map(({ experiment, preset, node, inputs }) => ({
      root: workspace.root,
      experiment: experiment.id,
      preset,
      node: node.id,
      backend: this.#backend,
      inputs: mapValues(inputs, inputOf),
    }));
    const indexed = arrays.map(({ tasks }) =>
      Object.fromEntries([...tasks].map(([index, planned]) => [index, nodes.indexOf(planned)])),
    );
    return { tasks, arrays: indexed };
  }
}
