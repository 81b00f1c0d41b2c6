import type { BackendName } from '../runtime/runtime.ts';
import { duration } from './display.ts';
import type { Display } from './display.ts';
import { execute } from './executor.ts';
import type { Execution } from './executor.ts';
import type { Evidence } from './experiment.ts';
import { canonicalJson } from './hash.ts';
import type { InputHashes } from './keys.ts';
import type { KeyParts, LockEntry } from './lock.ts';
import { inputRecord, mapValues } from './outcomes.ts';
import type { PlannedNode } from './plan.ts';
import type { Final } from './protocol.ts';
import { available } from './publish.ts';
import type { Session } from './session.ts';

/** How far losses of the same training may be off between implementations, over the beginning that is replayed. */
export const LOSS_SPREAD = 0.02;

/**
 * Why a stale result cannot be attested: evidence can speak for code and packages, not for another question.
 * @returns undefined where it can
 */
export function refusal(planned: PlannedNode, after: KeyParts): string | undefined {
  const { entry, node } = planned;
  if (!entry) return 'it has never run';
  if (!node.replay) return 'it is cheap enough to run again';
  const fields = ['parameters', 'seed', 'inputs', 'data'] as const;
  const other = fields.filter(
    (field) => canonicalJson(entry.parts[field]) !== canonicalJson(after[field]),
  );
  return other.length > 0 ? `its ${other.join(' and ')} changed: run it again` : undefined;
}

/** Why a replay does not agree with what is recorded; undefined where it does. */
export function disagreement(
  evidence: Evidence,
  before: LockEntry,
  here: LockEntry,
): string | undefined {
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

interface Options {
  jobs: number;
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
  }

  async #one(planned: PlannedNode): Promise<void> {
    const { workspace, store, keyer, lock } = this.#session;
    const { display } = this.#options;
    const { entry, id, node, inputs } = planned;
    const hashes: InputHashes = mapValues(inputs, (input) =>
      inputRecord(input, lock.get(input.id)),
    );
    const why = refusal(planned, await keyer.parts(node, hashes));
    if (why !== undefined || !entry) return void this.refused.set(planned, why ?? '');
    for (const input of [planned, ...Object.values(inputs)])
      await available(workspace, store, input, lock.get(input.id) ?? entry);
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
      ...{ steps, of, relativeError, adapter },
      ...(implementation !== undefined && { implementation }),
    };
    const attested = [...(before.attested ?? []), added];
    await this.#session.lock.set(id, { ...before, parts: here.parts, attested }, files);
    this.attested.push(planned);
    const off = relativeError === 0 ? 'to the bit' : `off by ${relativeError.toExponential(1)}`;
    display.end(id, `${steps} of ${of} steps ${off}, in ${duration(here.seconds)}`);
  }
}
