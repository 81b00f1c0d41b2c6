import type { BackendName } from '../runtime/runtime.ts';
import { duration } from './display.ts';
import type { Display } from './display.ts';
import { execute } from './executor.ts';
import type { Execution } from './executor.ts';
import type { Evidence } from './experiment.ts';
import { describeCheckout } from './git.ts';
import type { InputHashes } from './keys.ts';
import type { KeyParts, LockEntry } from './lock.ts';
import { inputRecord, mapValues, otherQuestion } from './outcomes.ts';
import type { PlannedNode } from './plan.ts';
import type { Final } from './protocol.ts';
import { available } from './publish.ts';
import type { Session } from './session.ts';

/** How far losses of the same training may be off between implementations, over the beginning that is replayed. */
export const LOSS_SPREAD = 0.02;

/** Why what is cheap is not attested. */
export const CHEAP = 'it can be run again';

/**
 * Why a stale result cannot be attested: evidence can speak for code and packages, not for another question.
 * @returns undefined where it can
 */
function refusal({ entry }: PlannedNode, after: KeyParts): string | undefined {
  if (!entry) return 'it has never run';
  const other = otherQuestion(entry.parts, after);
  return other.length > 0 ? `its ${other.join(' and ')} changed: run it again` : undefined;
}

/** Why a replay does not agree with what is recorded; undefined where it does. */
function disagreement(evidence: Evidence, before: LockEntry, here: LockEntry): string | undefined {
  const { relativeError, firstDifference } = evidence;
  const same =
    before.runtime.implementation === here.runtime.implementation &&
    before.runtime.variant === here.runtime.variant &&
    before.runtime.adapter === here.runtime.adapter;
  const bound = same ? 0 : LOSS_SPREAD;
  if (relativeError <= bound) return undefined;
  const allowed = same ? 'the same bits' : `at most ${bound}`;
  return (
    `expected ${allowed}, got a relative difference of ${relativeError.toExponential(1)}; ` +
    `the first is at step ${firstDifference ?? 0}`
  );
}

/** Whether a result of today's code agreed with one of the given code. */
const agrees = ({ reproduces = [], attested = [] }: LockEntry, code: string): boolean =>
  reproduces.includes(code) ||
  attested.some((evidence) => 'steps' in evidence && evidence.code === code);

interface Options {
  jobs: number;
  /** Replays one result of each code, which speaks for the others. */
  sparing: boolean;
  backend: BackendName | undefined;
  display: Display;
}

/** Replays recorded results with today's code, several at a time, and enters those that agree. */
export class Attesting {
  readonly attested: PlannedNode[] = [];
  readonly refused = new Map<PlannedNode, string>();
  readonly #session: Session;
  readonly #options: Options;
  readonly #running = new Set<Execution>();
  /** Changes of code that some result was replayed for. */
  readonly #replayed = new Set<string>();
  /** Those that others speak for, once these have been replayed. */
  readonly #later: PlannedNode[] = [];
  #waits = true;
  #stopping = false;

  constructor(session: Session, options: Options) {
    this.#session = session;
    this.#options = options;
  }

  stop(): void {
    this.#stopping = true;
    for (const execution of this.#running) execution.stop();
  }

  /** @param nodes inputs first */
  async finish(nodes: readonly PlannedNode[]): Promise<void> {
    const waiting = [...nodes];
    const next = async (): Promise<void> => {
      for (let planned = waiting.shift(); planned && !this.#stopping; planned = waiting.shift())
        await this.#one(planned);
    };
    await Promise.all(Array.from({ length: this.#options.jobs }, next));
    this.#waits = false;
    for (const planned of this.#later) await this.#one(planned);
  }

  async #one(planned: PlannedNode): Promise<void> {
    const { workspace, store, keyer, lock } = this.#session;
    const { display } = this.#options;
    const { entry, id, node, inputs } = planned;
    const hashes: InputHashes = mapValues(inputs, (input) =>
      inputRecord(input, lock.get(input.id)),
    );
    const parts = await keyer.parts(node, hashes);
    const why = refusal(planned, parts);
    if (why !== undefined || !entry) return void this.refused.set(planned, why ?? '');
    const there: boolean[] = [];
    for (const input of Object.values(inputs)) {
      const made = lock.get(input.id);
      there.push(made !== undefined && (await available(workspace, store, input, made)));
    }
    const spoken = this.#options.sparing && this.#siblings(entry, parts).length > 0;
    if (!node.replay && there.every(Boolean) && !spoken)
      return void this.refused.set(planned, CHEAP);
    const change = `${entry.parts.code} ${parts.code}`;
    const spared = this.#options.sparing && this.#replayed.has(change);
    if (spared && this.#waits) return void this.#later.push(planned);
    if (!node.replay || spared) return this.#bySiblings(planned, entry, parts);
    this.#replayed.add(change);
    await available(workspace, store, planned, entry);
    display.start(id, undefined);
    const job = {
      root: workspace.root,
      experiment: planned.experiment.id,
      preset: planned.preset,
      node: node.id,
      backend: this.#options.backend,
      inputs: hashes,
      replay: entry.outputs,
    };
    const execution = execute(job, (message) => {
      if (message.type === 'progress') display.progress(id, message.progress);
    });
    this.#running.add(execution);
    const outcome = await execution.outcome;
    this.#running.delete(execution);
    await this.#judge(planned, entry, outcome);
  }

  /** Results of today's code that agreed with one of the code that made this. */
  #siblings(before: LockEntry, after: KeyParts): LockEntry[] {
    const same = this.#session.lock.ofCode(after.code);
    return same.filter((other) => agrees(other, before.parts.code));
  }

  /** Results of the same code speak for it that agreed since the code changed. */
  async #bySiblings(planned: PlannedNode, before: LockEntry, parts: KeyParts): Promise<void> {
    const { lock, keyer, workspace } = this.#session;
    const { code } = before.parts;
    const siblings = this.#siblings(before, parts);
    if (siblings.length === 0) {
      const why = 'no other result of its code was made again, or replayed, and came out the same';
      return void this.refused.set(planned, why);
    }
    const { commit } = await describeCheckout(workspace.root, []);
    const added = { commit, at: new Date().toISOString(), code, results: siblings.length };
    const attested = [...(before.attested ?? []), added];
    const { files } = await keyer.meaningOf(planned.node);
    await lock.set(planned.id, { ...before, parts, attested }, files);
    this.attested.push(planned);
    this.#options.display.line(
      `${planned.id}: ${siblings.length} results of its code came out the same`,
    );
  }

  async #judge(planned: PlannedNode, before: LockEntry, outcome: Final): Promise<void> {
    const { display } = this.#options;
    const { id } = planned;
    if (outcome.type !== 'replayed') {
      const why = outcome.type === 'failed' ? outcome.message : 'stopped';
      this.refused.set(planned, why);
      return display.end(id, why);
    }
    const { evidence, entry: here, files } = outcome;
    const why = disagreement(evidence, before, here);
    if (why !== undefined) {
      this.refused.set(planned, why);
      return display.end(id, `refused: ${why}`);
    }
    const { steps, of, relativeError } = evidence;
    const { adapter, implementation } = here.runtime;
    const added = {
      commit: here.commit,
      at: new Date().toISOString(),
      code: before.parts.code,
      steps,
      of,
      relativeError,
      adapter,
      ...(implementation !== undefined && { implementation }),
    };
    const attested = [...(before.attested ?? []), added];
    await this.#session.lock.set(id, { ...before, parts: here.parts, attested }, files);
    this.attested.push(planned);
    const off = relativeError === 0 ? 'to the bit' : `off by ${relativeError.toExponential(1)}`;
    display.end(id, `${steps} of ${of} steps ${off}, in ${duration(here.seconds)}`);
  }
}
