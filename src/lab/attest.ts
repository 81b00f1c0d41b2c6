import type { RuntimeRecord } from '../artifacts/artifact.ts';
import { attestation, evidenceInWords } from '../artifacts/evidence.ts';
import type { Attestation } from '../artifacts/evidence.ts';
import type { BackendName } from '../runtime/runtime.ts';
import type { Agreement } from './again.ts';
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
import type { Final, Job } from './protocol.ts';
import { available } from './publish.ts';
import type { Session } from './session.ts';
import { readSpread, toleranceOf } from './spread.ts';

/**
 * How far losses of the same training may be off between implementations, over what is replayed: twenty times what a
 * browser's were off over 300 steps.
 */
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

const sameRuntime = (a: Computer, b: Computer): boolean =>
  a.implementation === b.implementation && a.adapter === b.adapter;
type Computer = Pick<RuntimeRecord, 'adapter' | 'implementation'>;

/** Whether what computes here has given the bits of a result before, or made it. */
const gaveTheBits = ({ runtime, attested = [] }: LockEntry, here: RuntimeRecord): boolean =>
  runtime.variant === here.variant &&
  (sameRuntime(runtime, here) ||
    attested.some(
      (each) => 'steps' in each && each.relativeError === 0 && sameRuntime(each, here),
    ));

/**
 * Why a replay does not agree with what is recorded; undefined where it does.
 * @param exact whether nothing but code could make a difference
 */
function disagreement(evidence: Evidence, exact: boolean): string | undefined {
  const { relativeError, firstDifference = 0 } = evidence;
  const bound = exact ? 0 : LOSS_SPREAD;
  if (relativeError <= bound) return undefined;
  return (
    `expected ${exact ? 'the same bits' : `at most ${bound}`}, got a relative difference of ` +
    `${relativeError.toExponential(1)}; the first is at step ${firstDifference}`
  );
}

/** Why committed weights do not give the curves that are recorded; undefined where they do. */
function unlike(evaluated: Agreement['evaluated'], tolerance: number): string | undefined {
  if (!evaluated || evaluated.relativeError <= tolerance) return undefined;
  return (
    `expected its weights to give the recorded curves within ${tolerance.toExponential(1)}, got ` +
    `${evaluated.relativeError.toExponential(1)}; npm run lab -- verify names the curves`
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
    const { entry, node, inputs } = planned;
    const hashes: InputHashes = mapValues(inputs, (input) =>
      inputRecord(input, lock.get(input.id)),
    );
    const parts = await keyer.parts(node, hashes);
    const other = refusal(planned, parts);
    if (other !== undefined || !entry) return void this.refused.set(planned, other ?? '');
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
    const replays = node.replay !== undefined && !spared;
    if (!replays && this.#siblings(entry, parts).length === 0) {
      const none = 'no other result of its code was made again, or replayed, and came out the same';
      return void this.refused.set(planned, none);
    }
    if (replays) this.#replayed.add(change);
    const why =
      node.replay && (replays || planned.experiment.verify)
        ? await this.#again(planned, entry, hashes, replays)
        : await this.#enter(planned, entry, await this.#today(parts), {});
    if (why === undefined) this.attested.push(planned);
    else this.refused.set(planned, why);
  }

  /** Computes parts of a result again, in a process of its own. @returns why it does not agree */
  async #again(
    planned: PlannedNode,
    entry: LockEntry,
    inputs: InputHashes,
    replays: boolean,
  ): Promise<string | undefined> {
    const { display } = this.#options;
    const { id } = planned;
    await available(this.#session.workspace, this.#session.store, planned, entry);
    display.start(id, undefined);
    const execution = execute(this.#job(planned, entry, inputs, replays), (message) => {
      if (message.type === 'progress') display.progress(id, message.progress);
    });
    this.#running.add(execution);
    const outcome = await execution.outcome;
    this.#running.delete(execution);
    const why = await this.#judge(planned, entry, outcome);
    if (why !== undefined) display.end(id, `refused: ${why}`);
    return why;
  }

  #job(
    { experiment, preset, node }: PlannedNode,
    { outputs, lastState }: LockEntry,
    inputs: InputHashes,
    replays: boolean,
  ): Job {
    return {
      root: this.#session.workspace.root,
      experiment: experiment.id,
      preset,
      node: node.id,
      backend: this.#options.backend,
      inputs,
      again: { outputs, replays, ...(lastState !== undefined && { lastState }) },
    };
  }

  /** Results of today's code that agreed with one of the code that made this. */
  #siblings(before: LockEntry, after: KeyParts): LockEntry[] {
    const same = this.#session.lock.ofCode(after.code);
    return same.filter((other) => agrees(other, before.parts.code));
  }

  /** Enters what agrees. @returns why it does not */
  async #judge(
    planned: PlannedNode,
    before: LockEntry,
    outcome: Final,
  ): Promise<string | undefined> {
    if (outcome.type !== 'compared') return outcome.type === 'failed' ? outcome.message : 'stopped';
    const { replayed, evaluated } = outcome.agreement;
    const here = outcome.entry;
    const alike = this.#session.lock
      .ofCode(before.parts.code)
      .filter(({ runtime }) => sameRuntime(runtime, before.runtime));
    const exact = [before, ...alike].some((result) => gaveTheBits(result, here.runtime));
    const why =
      (replayed && disagreement(replayed, exact)) ??
      unlike(evaluated, toleranceOf(await readSpread(this.#session.workspace)));
    if (why !== undefined) return why;
    const evidence = { ...(replayed && stepsOf(replayed, here)), ...(evaluated && { evaluated }) };
    return this.#enter(planned, before, here, evidence);
  }

  /** What stands in for a process that computed something again. */
  async #today(parts: KeyParts): Promise<Today> {
    const { commit } = await describeCheckout(this.#session.workspace.root, []);
    return { parts, commit };
  }

  /** Keeps a result under today's key; without steps computed again, others of its code speak for it. */
  async #enter(
    planned: PlannedNode,
    before: LockEntry,
    { parts, commit, seconds }: Today,
    found: Partial<ReturnType<typeof stepsOf>> & Pick<Attestation, 'evaluated'>,
  ): Promise<undefined> {
    const { lock, keyer } = this.#session;
    const shared = { commit, at: new Date().toISOString(), code: before.parts.code };
    const others = found.steps === undefined && { results: this.#siblings(before, parts).length };
    const added = attestation.parse({ ...shared, ...found, ...others });
    const attested = [...(before.attested ?? []), added];
    const { files } = await keyer.meaningOf(planned.node);
    await lock.set(planned.id, { ...before, parts, attested }, files);
    const took = seconds === undefined ? '' : `, in ${duration(seconds)}`;
    this.#options.display.end(planned.id, evidenceInWords(added) + took);
  }
}

/** Today's key of a result, and who computed what of it. */
type Today = Pick<LockEntry, 'parts' | 'commit'> & Partial<Pick<LockEntry, 'seconds'>>;

const stepsOf = (
  { steps, of, last, relativeError }: Evidence,
  { runtime: { adapter, implementation } }: LockEntry,
) => ({
  steps,
  of,
  ...(last !== undefined && { last }),
  relativeError,
  adapter,
  ...(implementation !== undefined && { implementation }),
});
