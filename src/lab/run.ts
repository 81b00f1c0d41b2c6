import type { BackendName } from '../runtime/runtime.ts';
import { duration } from './display.ts';
import type { Display } from './display.ts';
import { execute } from './executor.ts';
import type { Execution } from './executor.ts';
import { removeCheckpoint } from './leftovers.ts';
import { keyOf } from './lock.ts';
import type { LockFile } from './lock.ts';
import type { PlannedNode } from './plan.ts';
import type { FromWorker, InputRecord, Job } from './protocol.ts';
import { publish } from './publish.ts';
import type { Store } from './store.ts';
import type { Workspace } from './workspace.ts';

interface RunOptions {
  workspace: Workspace;
  store: Store;
  lock: LockFile;
  plan: readonly PlannedNode[];
  chosen: ReadonlySet<PlannedNode>;
  jobs: number;
  backend: BackendName | undefined;
  command: string;
  display: Display;
}

export interface Summary {
  done: string[];
  failed: string[];
  /** Not run, because an input failed or the run was interrupted. */
  skipped: string[];
}

/** Runs the chosen nodes, inputs first, each in its own process, up to `jobs` at a time. */
export class Run {
  readonly #options: RunOptions;
  readonly #waiting: Set<PlannedNode>;
  readonly #running = new Map<PlannedNode, Execution>();
  readonly #summary: Summary = { done: [], failed: [], skipped: [] };
  #stopping = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#waiting = new Set(options.plan.filter((planned) => options.chosen.has(planned)));
  }

  /** First: finish with checkpoints. Second: kill. */
  stop(): void {
    const { display } = this.#options;
    if (this.#stopping) for (const execution of this.#running.values()) execution.kill();
    else if (this.#running.size > 0) display.line('stopping: saving checkpoints (again to kill)');
    this.#stopping = true;
    for (const execution of this.#running.values()) execution.stop();
  }

  get stopped(): boolean {
    return this.#stopping;
  }

  async finish(): Promise<Summary> {
    const pending = new Set<Promise<void>>();
    for (;;) {
      const ready = [...this.#waiting].find((planned) => this.#isReady(planned));
      if (ready && !this.#stopping && pending.size < this.#options.jobs) {
        this.#waiting.delete(ready);
        const running = this.#runOne(ready).finally(() => pending.delete(running));
        pending.add(running);
      } else if (pending.size > 0) await Promise.race(pending);
      else break;
    }
    this.#summary.skipped.push(...[...this.#waiting].map(({ id }) => id));
    return this.#summary;
  }

  #isReady({ inputs }: PlannedNode): boolean {
    const done = new Set(this.#summary.done);
    return Object.values(inputs).every(
      (input) => !this.#options.chosen.has(input) || done.has(input.id),
    );
  }

  async #runOne(planned: PlannedNode): Promise<void> {
    const { lock, display, workspace, store, plan, command } = this.#options;
    const { id } = planned;
    display.start(id);
    display.line(`${id}: starts`);
    const execution = execute(this.#job(planned), (message) => this.#report(id, message));
    this.#running.set(planned, execution);
    const outcome = await execution.outcome;
    try {
      if (outcome.type === 'done') {
        await lock.set(id, outcome.entry, outcome.files);
        await removeCheckpoint(workspace, outcome.entry);
        const family = plan.filter(({ experiment }) => experiment === planned.experiment);
        const written = await publish(workspace, store, lock, family, planned, command);
        const where = written.length === 0 ? '' : `, wrote ${written.join(', ')}`;
        display.end(id, `done in ${duration(outcome.entry.seconds)}${where}`);
        this.#summary.done.push(id);
      } else if (outcome.type === 'interrupted') {
        display.end(id, 'stopped; the next run resumes it');
        this.#summary.skipped.push(id);
      } else {
        display.end(id, `failed: ${outcome.message}`);
        this.#summary.failed.push(id);
      }
    } catch (error) {
      display.end(id, `failed: ${String(error)}`);
      this.#summary.failed.push(id);
    } finally {
      this.#running.delete(planned);
    }
  }

  #report(id: string, message: FromWorker): void {
    const { display } = this.#options;
    if (message.type === 'progress') display.progress(id, message.progress);
    if (message.type === 'note') display.line(`${id}: ${message.text}`);
    if (message.type === 'opened') {
      const { backend, adapter, software } = message.runtime;
      const kind = software ? ' (software)' : '';
      display.line(`${id}: on ${backend}, ${adapter}${kind}: ${message.reason}`);
    }
  }

  #job({ experiment, preset, node, inputs }: PlannedNode): Job {
    const { workspace, backend, lock } = this.#options;
    const records = Object.entries(inputs).map(([name, input]): [string, InputRecord] => {
      const entry = lock.get(input.id);
      if (!entry) throw new Error(`lab: expected a result of ${input.id}, got none; run it first`);
      const { outputs, seconds, runtime, parts } = entry;
      const published = input.node.publish ?? {};
      return [name, { key: keyOf(parts), sha256: outputs, seconds, published, runtime }];
    });
    return {
      root: workspace.root,
      experiment: experiment.id,
      preset,
      node: node.id,
      backend,
      inputs: Object.fromEntries(records),
    };
  }
}
