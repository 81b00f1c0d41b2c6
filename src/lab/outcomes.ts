import { duration } from './display.ts';
import type { Display } from './display.ts';
import { removeCheckpoint } from './leftovers.ts';
import { keyOf } from './lock.ts';
import type { LockEntry, LockFile } from './lock.ts';
import type { PlannedNode } from './plan.ts';
import type { Final, InputRecord, Report } from './protocol.ts';
import { publish } from './publish.ts';
import type { Store } from './store.ts';
import type { Workspace } from './workspace.ts';

/** What a run works on, whoever executes its nodes. */
export interface RunContext {
  workspace: Workspace;
  store: Store;
  lock: LockFile;
  plan: readonly PlannedNode[];
  chosen: ReadonlySet<PlannedNode>;
  command: string;
  display: Display;
}

/** What became of each node of a run: records results, and keeps the reasons of the others. */
export class Outcomes {
  readonly done = new Set<PlannedNode>();
  readonly failed = new Map<PlannedNode, string>();
  readonly #context: RunContext;

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Why a chosen node did not run. */
  notRun(): Map<PlannedNode, string> {
    const reasons = new Map<PlannedNode, string>();
    for (const planned of this.#context.plan) {
      const { chosen } = this.#context;
      if (!chosen.has(planned) || this.done.has(planned) || this.failed.has(planned)) continue;
      const without = Object.values(planned.inputs).find(
        (input) => this.failed.has(input) || reasons.has(input),
      );
      const why = without ? `it needs ${without.node.id}` : 'stopped; the next run resumes it';
      reasons.set(planned, why);
    }
    return reasons;
  }

  async take(planned: PlannedNode, outcome: Final): Promise<void> {
    const { display } = this.#context;
    const { id } = planned;
    try {
      if (outcome.type === 'done') await this.#record(planned, outcome);
      else if (outcome.type === 'failed') this.#fail(planned, outcome.message);
      else display.end(id, 'stopped; the next run resumes it');
    } catch (error) {
      this.#fail(planned, error instanceof Error ? error.message : String(error));
    }
  }

  report(id: string, message: Report): void {
    const { display } = this.#context;
    if (message.type === 'progress') display.progress(id, message.progress);
    if (message.type === 'note') display.line(`${id}: ${message.text}`);
    if (message.type === 'printed' && message.text.trim() !== '') display.once(`  ${message.text}`);
    if (message.type === 'opened') {
      const { backend, adapter, software } = message.runtime;
      display.once(`on ${backend}, ${adapter}${software ? ' (software)' : ''}: ${message.reason}`);
    }
  }

  #fail(planned: PlannedNode, message: string): void {
    this.#context.display.end(planned.id, `failed: ${message}`);
    this.failed.set(planned, message);
  }

  async #record(
    planned: PlannedNode,
    { entry, files }: { entry: LockEntry; files: Record<string, string> },
  ): Promise<void> {
    const { lock, display, workspace, store, plan, command } = this.#context;
    await lock.set(planned.id, entry, files);
    await removeCheckpoint(workspace, entry);
    const family = plan.filter(({ experiment }) => experiment === planned.experiment);
    const written = await publish(workspace, store, lock, family, planned, command);
    const where = written.length === 0 ? '' : `, wrote ${written.join(', ')}`;
    display.end(planned.id, `done in ${duration(entry.seconds)}${where}`);
    this.done.add(planned);
  }
}

/** A recorded result as an input of another node. */
export function inputRecord({ node, id }: PlannedNode, entry: LockEntry | undefined): InputRecord {
  if (!entry) throw new Error(`lab: expected a result of ${id}, got none; run it first`);
  const { outputs, seconds, runtime, parts } = entry;
  return { key: keyOf(parts), sha256: outputs, seconds, published: node.publish ?? {}, runtime };
}
