import type { MersenneTwister } from '../../numerics/mersenne-twister.ts';
import type { LanguageTask, PairsTask } from './tasks.ts';

/** The generators that the published code draws from: `numpy.random` for pairs, Python's `random` for the rest. */
export interface Generators {
  readonly numpy: MersenneTwister;
  readonly python: MersenneTwister;
}

/** What a task can ask. */
export interface Space {
  /** Number of inputs. */
  readonly size: number;
  output(input: string): string;
  /** That many different inputs, none of them `without`, of which there must be enough. */
  draw(count: number, random: Generators, without?: string): string[];
}

/** Number of tokens of a text. */
export type CountTokens = (text: string) => number;

/** @param pairs outputs by input, as the task's file has them; of tasks without a file, none */
export function spaceOf(
  task: LanguageTask,
  pairs: ReadonlyMap<string, string> = new Map(),
  countTokens: CountTokens = () => 1,
): Space {
  if (task.kind === 'pairs') return pairSpace(keptPairs(task, pairs, countTokens));
  if (task.kind === 'letters') {
    return letterSpace(
      new Map(Array.from(task.inputs, (input, i) => [input, task.outputs.charAt(i)])),
    );
  }
  return listSpace(task.pick);
}

/**
 * The pairs whose output is one token: tried as they are and with a space before both sides, of which the latter is
 * taken where it keeps seven tenths as many.
 */
function keptPairs(
  { singleToken }: PairsTask,
  pairs: ReadonlyMap<string, string>,
  countTokens: CountTokens,
): ReadonlyMap<string, string> {
  if (!singleToken) return pairs;
  const kept = (before: string): Map<string, string> =>
    new Map(
      [...pairs]
        .map(([input, output]) => [before + input, before + output] as const)
        // As published: behind a character that no token joins to what follows.
        .filter(([, output]) => countTokens(`!${output}`) === 2),
    );
  const [plain, spaced] = [kept(''), kept(' ')];
  return spaced.size >= 0.7 * plain.size ? spaced : plain;
}

const pairSpace = (pairs: ReadonlyMap<string, string>): Space => ({
  size: pairs.size,
  output: (input) => pairs.get(input)!,
  draw(count, { numpy }, without) {
    const inputs = [...pairs.keys()].filter((input) => input !== without);
    return numpy
      .permutation(inputs.length)
      .slice(0, count)
      .map((i) => inputs[i]!);
  },
});

/**
 * As Python 3.10 samples from a list. The published code samples from a set of strings, whose order is another one in
 * every process; here it is the alphabet's.
 */
const letterSpace = (letters: ReadonlyMap<string, string>): Space => ({
  size: letters.size,
  output: (input) => letters.get(input)!,
  draw(count, { python }, without) {
    const pool = [...letters.keys()].filter((input) => input !== without);
    const few = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0);
    if (pool.length > few) return withoutRepeats(count, () => pool[python.below(pool.length)]!);
    return Array.from({ length: count }, (_, i) => {
      const j = python.below(pool.length - i);
      const drawn = pool[j]!;
      pool[j] = pool[pool.length - i - 1]!;
      return drawn;
    });
  },
});

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';
const [SHORTEST, LONGEST] = [2, 4];

function listSpace(pick: 'first' | 'last'): Space {
  const element = (python: MersenneTwister): string =>
    ALPHABET[Math.floor(python.uniform() * ALPHABET.length)]!;
  const list = (python: MersenneTwister): string => {
    const length = SHORTEST + python.below(LONGEST - SHORTEST + 1);
    return Array.from({ length }, () => element(python)).join(',');
  };
  const lengths = [SHORTEST, SHORTEST + 1, LONGEST];
  return {
    size: lengths.reduce((sum, length) => sum + ALPHABET.length ** length, 0),
    output: (input) => input.split(',').at(pick === 'first' ? 0 : -1) ?? '',
    draw: (count, { python }, without) => withoutRepeats(count, () => list(python), without),
  };
}

function withoutRepeats(count: number, draw: () => string, without?: string): string[] {
  const drawn = new Set<string>();
  while (drawn.size < count) {
    const one = draw();
    if (one !== without) drawn.add(one);
  }
  return [...drawn];
}
