import { z } from 'zod';
import { curvesOn } from '../../src/artifacts/claims.ts';
import { hendel } from '../../src/artifacts/hendel.ts';
import type { MeasuredModel } from '../../src/artifacts/hendel.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import { gradientDescentRuns } from '../../src/artifacts/mechanisms.ts';
import type { GradientDescentRuns } from '../../src/artifacts/mechanisms.ts';
import { tokenCurves } from '../../src/artifacts/token-curves.ts';
import type { TokenCurve, TokenCurves } from '../../src/artifacts/token-curves.ts';

/** Thrown where a claim asks for what no committed artifact has: its verdict is then `not run`. */
export class NotRun extends Error {}

/** Whose error, on which prompts, after how many examples. */
export interface Place {
  /** Experiment. */
  of: string;
  method: string;
  /** Evaluation; left out, the distribution of the training. */
  on?: string;
  /** Examples as a multiple of d; between two measured k, linearly. */
  k: number;
}

export type Layers = LearningCurves['probes'][number]['layers'];
type Order = LearningCurves['order'][number];

/** What was checked already: a check takes longer than a claim. */
const CHECKED = new WeakMap<object, unknown>();

/** The committed artifacts of one preset, as claims read them. Remembers what was read. */
export class Evidence {
  readonly #found: ReadonlyMap<string, object>;
  readonly #read = new Map<string, { seeds: Set<number>; parts: Set<string> }>();

  /** @param found the data of artifacts by experiment; those without one are left out */
  constructor(found: ReadonlyMap<string, object>) {
    this.#found = found;
  }

  /** Experiments read so far, what of each, and the training seeds among them. */
  get read(): { artifact: string; reads: string[]; seeds: number[] }[] {
    return [...this.#read].map(([artifact, { seeds, parts }]) => ({
      artifact,
      reads: [...parts],
      seeds: [...seeds].toSorted((a, b) => a - b),
    }));
  }

  /** Squared error / d, one value a training seed. */
  errors({ of, method, on = 'training', k }: Place): number[] {
    const data = this.curves(of);
    const part = curvesOn(on);
    return this.#runsOf(data.curves, { of, part }, `curve of ${method} on ${on}`, (curve) =>
      curve.method === method && curve.evaluation === on ? [curve] : [],
    ).map((curve) => between(curve.k, curve.mean, k * data.d, `${of}: ${method} on ${on}`));
  }

  /** What the layers hold after k · d examples, one a seed; and which part of that is asked for. */
  layers(
    of: string,
    method: string,
    k: number,
    part: 'errors of layers' | 'fitted lines' = 'errors of layers',
  ): Layers[] {
    const { d, probes } = this.curves(of);
    return this.#runsOf(probes, { of, part }, `probe of ${method} at ${k}d`, (probe) =>
      probe.method === method && probe.k === k * d ? [probe] : [],
    ).map(({ layers }) => layers);
  }

  /** How predictions from k · d examples move with their order, one a seed. */
  order(of: string, method: string, k: number): Order[] {
    const { d, order } = this.curves(of);
    return this.#runsOf(
      order,
      { of, part: 'orders' },
      `permutations of ${method} at ${k}d`,
      (run) => (run.method === method && run.k === k * d ? [run] : []),
    );
  }

  descent(name: string): GradientDescentRuns['runs'][string] {
    const run = this.#artifact('gradient-descent', gradientDescentRuns).runs[name];
    if (!run) throw new NotRun(`The artifact of gradient-descent has no run on ${name} inputs.`);
    this.#read.get('gradient-descent')?.parts.add('descents');
    return run;
  }

  /** Curves on sequences of tokens, one a seed, or one of what is not trained. */
  tokenCurves(of: string, method: string, on = 'training'): TokenCurve[] {
    const { curves } = this.tokens(of);
    return this.#runsOf(
      curves,
      { of, part: curvesOn(on) },
      `curve of ${method} on ${on}`,
      (curve) => (curve.method === method && curve.on === on ? [curve] : []),
    );
  }

  tokens(of: string): TokenCurves {
    return this.#artifact(of, tokenCurves);
  }

  /** Language models, as published or, without padding, as they answered here. */
  languageModels(which: 'published' | 'run here'): readonly MeasuredModel[] {
    const { published, runs } = this.#artifact('hendel', hendel);
    this.#read.get('hendel')?.parts.add('accuracies');
    if (which === 'published') return published;
    const plain = runs.filter(({ padding }) => padding === 'none');
    if (plain.length === 0) throw new NotRun('No language model has been asked at this preset.');
    return plain;
  }

  curves(of: string): LearningCurves {
    return this.#artifact(of, learningCurves);
  }

  #artifact<Schema extends z.ZodType>(of: string, schema: Schema): z.infer<Schema> {
    const data = this.#found.get(of);
    if (data === undefined) throw new NotRun(`There is no artifact of ${of}.`);
    if (!this.#read.has(of)) this.#read.set(of, { seeds: new Set(), parts: new Set() });
    const known = CHECKED.get(data) ?? checked(data, schema, of);
    CHECKED.set(data, known);
    return known as z.infer<Schema>;
  }

  #runsOf<Item extends { seed?: number | undefined }>(
    items: readonly Item[],
    { of, part }: { of: string; part: string },
    what: string,
    choose: (item: Item) => Item[],
  ): Item[] {
    const found = items.flatMap(choose);
    if (found.length === 0) throw new NotRun(`The artifact of ${of} has no ${what}.`);
    const read = this.#read.get(of);
    read?.parts.add(part);
    for (const { seed } of found) if (seed !== undefined) read?.seeds.add(seed);
    return found;
  }
}

function checked(data: object, schema: z.ZodType, of: string): unknown {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw new Error(
    `claims: expected the data of ${of}, got\n${z.prettifyError(result.error)}\nrun it again`,
  );
}

function between(ks: readonly number[], values: readonly number[], k: number, where: string) {
  const after = ks.findIndex((measured) => measured >= k);
  if (after < 0) throw new NotRun(`${where} ends before k = ${k}.`);
  const [right, high] = [ks[after]!, values[after]!];
  if (right === k || after === 0) return high;
  const [left, low] = [ks[after - 1]!, values[after - 1]!];
  return low + ((high - low) * (k - left)) / (right - left);
}
