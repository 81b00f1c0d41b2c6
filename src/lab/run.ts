import type { BackendName } from '../runtime/runtime.ts';
import { pastSeconds } from './estimate.ts';
import { execute } from './executor.ts';
import type { Execution } from './executor.ts';
import { commitWarning } from './git.ts';
import { Outcomes, inputRecord } from './outcomes.ts';
import type { RunContext } from './outcomes.ts';
import { readBy } from './plan.ts';
import type { PlannedNode } from './plan.ts';
import type { Job } from './protocol.ts';

/** Ctrl-C and kill reach a command through its group, and through npm once more, in milliseconds. */
const SAME_REQUEST = 1000;

interface LocalOptions {
  jobs: number;
  backend: BackendName | undefined;
}

/** Runs the chosen nodes, inputs first, each in its own process, up to `jobs` at a time. */
export class LocalRun {
  readonly outcomes: Outcomes;
  readonly #context: RunContext;
  readonly #options: LocalOptions;
  readonly #waiting: Set<PlannedNode>;
  readonly #running = new Map<PlannedNode, Execution>();
  /** By key: the end of the last node that was given it. */
  readonly #made = new Map<string, Promise<void>>();
  /** When the first request to stop came, in milliseconds of this process. */
  #stopping: number | undefined;
  /** Whether a worker was stopped by somebody else. */
  #interrupted = false;

  constructor(context: RunContext, options: LocalOptions) {
    this.outcomes = new Outcomes(context);
    this.#context = context;
    this.#options = options;
    this.#waiting = new Set(context.chosen);
  }

  /** First: finish with checkpoints. Once more: kill, unless it is the same request along another way. */
  stop(): void {
    const { display } = this.#context;
    const [now, first] = [performance.now(), this.#stopping];
    if (first !== undefined && now - first < SAME_REQUEST) return;
    this.#stopping ??= now;
    if (first === undefined && this.#running.size > 0)
      display.line('stopping: saving checkpoints (again to kill)');
    for (const execution of this.#running.values())
      if (first === undefined) execution.stop();
      else execution.kill();
  }

  /** Whether nodes were left because somebody said so. */
  get stopped(): boolean {
    return this.#stopping !== undefined || this.#interrupted;
  }

  async finish(): Promise<void> {
    const { workspace, display } = this.#context;
    const warning = await commitWarning(workspace.root);
    if (warning !== undefined && this.#waiting.size > 0) display.line(warning);
    const pending = new Set<Promise<void>>();
    for (;;) {
      const ready = [...this.#waiting].find((planned) => this.#isReady(planned));
      if (ready && this.#stopping === undefined && pending.size < this.#options.jobs) {
        this.#waiting.delete(ready);
        const running = this.#runOne(ready).finally(() => pending.delete(running));
        pending.add(running);
      } else if (pending.size > 0) await Promise.race(pending);
      else break;
    }
  }

  #isReady(planned: PlannedNode): boolean {
    const { plan, chosen } = this.#context;
    const { done } = this.outcomes;
    const inputs = Object.values(planned.inputs);
    if (!inputs.every((input) => !chosen.has(input) || done.has(input))) return false;
    // An artifact that cannot be made anew is read as it is.
    return readBy(planned, plan).every(
      (source) => done.has(source) || !(this.#waiting.has(source) || this.#running.has(source)),
    );
  }

  /** What another node asks for as well is made once. */
  async #runOne(planned: PlannedNode): Promise<void> {
    try {
      const key = await this.outcomes.keyOf(planned);
      const made = (this.#made.get(key) ?? Promise.resolve()).then(() => this.#make(planned));
      this.#made.set(key, made);
      await made;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.outcomes.take(planned, { type: 'failed', message });
    }
  }

  async #make(planned: PlannedNode): Promise<void> {
    const { display, lock, force } = this.#context;
    if (!force && (await this.outcomes.skip(planned))) return;
    if (this.#stopping !== undefined) return;
    display.start(planned.id, pastSeconds(lock, planned));
    const execution = execute(this.#job(planned), (message) =>
      this.outcomes.report(planned.id, message),
    );
    this.#running.set(planned, execution);
    const outcome = await execution.outcome;
    if (outcome.type === 'interrupted') this.#interrupted = true;
    await this.outcomes.take(planned, outcome);
    this.#running.delete(planned);
  }

  #job({ experiment, preset, node, inputs }: PlannedNode): Job {
    const { workspace, lock } = this.#context;
    const records = Object.entries(inputs).map(
      ([name, input]) => [name, inputRecord(input, lock.get(input.id))] as const,
    );
    return {
      root: workspace.root,
      experiment: experiment.id,
      preset,
      node: node.id,
      backend: this.#options.backend,
      inputs: Object.fromEntries(records),
    };
  }
}
