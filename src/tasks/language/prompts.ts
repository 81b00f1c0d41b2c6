import { MersenneTwister } from '../../numerics/mersenne-twister.ts';
import type { Generators, Space } from './spaces.ts';

export interface Example {
  readonly input: string;
  readonly output: string;
}

export interface LanguagePrompt {
  readonly examples: readonly Example[];
  readonly query: Example;
}

/** Prompts with examples, and those without, which the published code draws after them. */
export interface PromptSet {
  readonly shots: readonly LanguagePrompt[];
  readonly zeroShot: readonly LanguagePrompt[];
}

interface Draw {
  /** Examples a prompt. */
  shots: number;
  prompts: number;
  zeroShotPrompts: number;
  seed: number;
}

/**
 * Draws the prompts of a task. With the published seed and tokenizer these are the prompts behind the published
 * accuracies, but for the tasks of letters, whose draws its code leaves to chance, and for the results of two models
 * that came from an earlier version of it (content/reproduction-notes.mdx).
 * @returns undefined where the task has too few inputs for so many examples and a query
 */
export function drawPrompts(
  space: Space,
  { shots, prompts, zeroShotPrompts, seed }: Draw,
): PromptSet | undefined {
  if (space.size <= shots) return undefined;
  const random: Generators = {
    numpy: MersenneTwister.likeNumPy(seed),
    python: MersenneTwister.likePython(seed),
  };
  const draw = (count: number, examples: number): LanguagePrompt[] =>
    Array.from({ length: count }, () => drawPrompt(space, examples, random));
  const withExamples = draw(prompts, shots);
  return { shots: withExamples, zeroShot: draw(zeroShotPrompts, 0) };
}

function drawPrompt(space: Space, shots: number, random: Generators): LanguagePrompt {
  const [query] = space.draw(1, random);
  const example = (input: string): Example => ({ input, output: space.output(input) });
  const examples = space.draw(shots, random, query).map(example);
  return { examples, query: example(query!) };
}

const SEPARATOR = '\n';

/** `example:a->b\nexample:c->` */
export const textOf = ({ examples, query }: LanguagePrompt): string =>
  [
    ...examples.map(({ input, output }) => `example:${input}->${output}`),
    `example:${query.input}->`,
  ].join(SEPARATOR);

/** What counts of a generated text: what stands before the end of its line. */
export const answerIn = (generated: string): string => generated.split(SEPARATOR)[0]!;
