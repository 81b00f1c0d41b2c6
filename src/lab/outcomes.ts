import { duration } from './display.ts';
import type { Display } from './display.ts';
import { canonicalJson } from './hash.ts';
import type { Judge } from './implementation.ts';
import type { Keyer } from './keys.ts';
import { removeCheckpoint } from './leftovers.ts';
import { keyOf } from './lock.ts';
import type { KeyParts, LockEntry, LockFile } from './lock.ts';
import type { PlannedNode } from './plan.ts';
import type { Final, InputRecord, Report } from './protocol.ts';
import { available, publish } from './publish.ts';
import type { Store } from './store.ts';
import type { Workspace } from './workspace.ts';

/** What a run works on, whoever executes its nodes. */
export interface RunContext {
  workspace: Workspace;
  store: Store;
  keyer: Keyer;
  judge: Judge;
  lock: LockFile;
  plan: readonly PlannedNode[];
  chosen: ReadonlySet<PlannedNode>;
  /** Runs what has a result as well. */
  force: boolean;
  command: string;
  display: Display;
}

const STOPPED = {
  saved: 'stopped; the next run resumes it',
  unsaved:
    'stopped, with nothing new saved; the next run starts it again, or from an earlier checkpoint',
  waiting: 'stopped before it began',
} as const;

/** What became of each node of a run: records results, and keeps the reasons of the others. */
export class Outcomes {
  readonly done = new Set<PlannedNode>();
  readonly failed = new Map<PlannedNode, string>();
  /** What became of those that were under way when somebody said stop. */
  readonly #stopped = new Map<PlannedNode, string>();
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
      const why = without
        ? `it needs ${without.node.id}`
        : (this.#stopped.get(planned) ?? STOPPED.waiting);
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
      else if (outcome.type === 'interrupted') {
        const became = outcome.saved ? STOPPED.saved : STOPPED.unsaved;
        this.#stopped.set(planned, became);
        display.end(id, became);
      }
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

  #parts({ node, inputs }: PlannedNode): Promise<KeyParts> {
    const { keyer, lock } = this.#context;
    return keyer.parts(
      node,
      mapValues(inputs, (input) => inputRecord(input, lock.get(input.id))),
    );
  }

  /** Of a node whose inputs are there. */
  async keyOf(planned: PlannedNode): Promise<string> {
    return keyOf(await this.#parts(planned));
  }

  /** A node whose inputs came out as they were, or that was made for another, has its result. @returns whether it has */
  async skip(planned: PlannedNode): Promise<boolean> {
    const { judge, lock, display, workspace, store } = this.#context;
    const parts = await this.#parts(planned);
    const entry = lock.find(keyOf(parts));
    if (!entry || (await judge.objection(entry.runtime)) !== undefined) return false;
    if (!(await available(workspace, store, planned, entry))) return false;
    await this.#keep(planned, { ...entry, parts }, lock.filesOf(entry));
    const why = planned.entry
      ? 'its inputs came out as they were, and so would it'
      : 'made already, for another node that is the same';
    display.line(`${planned.id}: ${why}`);
    return true;
  }

  async #record(
    planned: PlannedNode,
    { entry, files }: { entry: LockEntry; files: Readonly<Record<string, string>> },
  ): Promise<void> {
    const { workspace, command, lock } = this.#context;
    const reproduces = reproducedBy(entry, lock.get(planned.id));
    const whole = { ...entry, command, ...(reproduces.length > 0 && { reproduces }) };
    const written = await this.#keep(planned, whole, files);
    await removeCheckpoint(workspace, entry);
    const where = written.length === 0 ? '' : `, wrote ${written.join(', ')}`;
    this.#context.display.end(planned.id, `done in ${duration(entry.seconds)}${where}`);
  }

  async #keep(
    planned: PlannedNode,
    entry: LockEntry,
    files: Readonly<Record<string, string>>,
  ): Promise<string[]> {
    const { lock, workspace, store, plan } = this.#context;
    const family = plan.filter(({ experiment }) => experiment === planned.experiment);
    await lock.set(planned.id, entry, files);
    const written = await publish(workspace, store, lock, family, planned);
    this.done.add(planned);
    return written;
  }
}

/** The code of earlier results that a new one repeats to the byte. */
function reproducedBy(entry: LockEntry, before: LockEntry | undefined): string[] {
  if (!before || canonicalJson(before.outputs) !== canonicalJson(entry.outputs)) return [];
  if (otherQuestion(before.parts, entry.parts).length > 0) return [];
  const codes = new Set([...(before.reproduces ?? []), before.parts.code]);
  return [...codes].filter((code) => code !== entry.parts.code);
}

/** What differs between two keys besides code and packages. */
export const otherQuestion = (a: KeyParts, b: KeyParts): (keyof KeyParts)[] =>
  (['parameters', 'seed', 'inputs', 'data'] as const).filter(
    (field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]),
  );

/** A recorded result as an input of another node. */
export function inputRecord({ id }: PlannedNode, entry: LockEntry | undefined): InputRecord {
  if (!entry) throw new Error(`lab: expected a result of ${id}, got none; run it first`);
  return entry.outputs;
}

export const mapValues = <A, B>(
  record: Readonly<Record<string, A>>,
  change: (a: A) => B,
): Record<string, B> =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]): [string, B] => [key, change(value)]),
  );
