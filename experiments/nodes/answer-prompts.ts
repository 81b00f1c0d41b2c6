import type { LanguageModel } from '../../src/language/model.ts';
import type { Source } from '../../src/checkpoints/source.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { answerIn, drawPrompts, textOf } from '../../src/tasks/language/prompts.ts';
import type { LanguagePrompt } from '../../src/tasks/language/prompts.ts';
import { spaceOf } from '../../src/tasks/language/spaces.ts';
import { LANGUAGE_TASKS, LANGUAGE_TASK_NAMES } from '../../src/tasks/language/tasks.ts';
import type { LanguageTask, LanguageTaskName } from '../../src/tasks/language/tasks.ts';
import { jsonFile } from '../outputs/files.ts';

export type AnswerParameters = {
  /** Examples a prompt. */
  shots: number;
  prompts: number;
  /** Prompts without examples, asked after the others; none where another node asks them. */
  zeroShotPrompts: number;
  padding: 'none' | 'left';
};

export type AnswerUses = { load(source: Source): Promise<LanguageModel> };

/** Expected answers and given ones, place by place. */
export interface Answers {
  expected: string[];
  given: string[];
}

/** What `answers.json` holds. */
export interface AnswerSheet {
  architecture: string;
  /** Number of trained scalars. */
  parameters: number;
  /** Null where a task has too few inputs. */
  tasks: Record<LanguageTaskName, { shots: Answers; zeroShot: Answers } | null>;
}

/** Between two looks at whether to stop. */
const PROMPTS_AT_ONCE = 64;

/**
 * Asks a language model all tasks with a number of examples: its most probable token after each prompt. Data: pairs by
 * task, as JSON. Checkpoints: `model`. Outputs `answers.json`.
 */
export async function answerPrompts(
  context: NodeContext<AnswerParameters, AnswerUses>,
): Promise<Files> {
  const source = context.checkpoints['model'];
  if (!source) throw new Error('answer: expected a checkpoint named model, got none; declare it');
  const model = await context.uses.load(source);
  try {
    const asking = await Asking.resume(model, context);
    const tasks: Partial<AnswerSheet['tasks']> = {};
    for (const name of LANGUAGE_TASK_NAMES) tasks[name] = await answersOf(name, asking, context);
    const { architecture } = model.network;
    const parameters = parametersOf(model);
    return jsonFile('answers.json', { architecture, parameters, tasks });
  } finally {
    model.dispose();
  }
}

/** Scalars of the tensors that the model reads from its checkpoint, each once. */
function parametersOf({ network }: LanguageModel): number {
  const stored = new Map(Object.values(network.needs).flatMap(({ from }) => from));
  const sizes = [...stored.values()].map((shape) => shape.reduce((size, n) => size * n, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function answersOf(
  name: LanguageTaskName,
  asking: Asking,
  { parameters, seed, data }: NodeContext<AnswerParameters, AnswerUses>,
): Promise<AnswerSheet['tasks'][LanguageTaskName]> {
  const task: LanguageTask = LANGUAGE_TASKS[name];
  const pairs = task.kind === 'pairs' ? pairsIn(data[name], name) : undefined;
  const space = spaceOf(task, pairs, asking.countTokens);
  const set = drawPrompts(space, { ...parameters, seed });
  if (!set) return null;
  const answer = async (unit: string, prompts: readonly LanguagePrompt[]): Promise<Answers> => ({
    expected: prompts.map(({ query }) => query.output),
    given: await asking.answers(`${name} ${unit}`, prompts.map(textOf)),
  });
  return { shots: await answer('shots', set.shots), zeroShot: await answer('zero', set.zeroShot) };
}

function pairsIn(bytes: Uint8Array | undefined, name: string): Map<string, string> {
  const pairs = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string>;
  if (Object.keys(pairs).some((key) => /^\d+$/.test(key)))
    throw new Error(
      `${name}: expected inputs whose order JSON keeps, got whole numbers; reorder them`,
    );
  return new Map(Object.entries(pairs));
}

/** A model that is asked prompt after prompt, and remembers its answers where it is stopped. */
class Asking {
  readonly #model: LanguageModel;
  readonly #context: NodeContext<AnswerParameters, AnswerUses>;
  /** By unit, in the order in which its prompts are asked. */
  readonly #given: Record<string, string[]>;
  /** Tokens that are no text. */
  readonly #special: ReadonlySet<number | undefined>;
  readonly #pad: number | undefined;
  #asked = 0;

  private constructor(
    model: LanguageModel,
    context: NodeContext<AnswerParameters, AnswerUses>,
    given: Record<string, string[]>,
  ) {
    this.#model = model;
    this.#context = context;
    this.#given = given;
    const { tokenizer } = model;
    this.#pad = tokenizer.id('<|endoftext|>');
    this.#special = new Set([this.#pad, tokenizer.id('<|padding|>')]);
  }

  static async resume(
    model: LanguageModel,
    context: NodeContext<AnswerParameters, AnswerUses>,
  ): Promise<Asking> {
    const saved = await context.checkpoint.load();
    const given = saved
      ? (JSON.parse(new TextDecoder().decode(saved)) as Record<string, string[]>)
      : {};
    return new Asking(model, context, given);
  }

  countTokens = (text: string): number => this.#model.tokenizer.encode(text).length;

  /** Answers in the order of the prompts; the longest prompts are asked first. */
  async answers(unit: string, texts: readonly string[]): Promise<string[]> {
    const prompts = this.#padded(texts.map((text) => this.#model.tokenizer.encode(text)));
    const order = prompts
      .map((_, i) => i)
      .sort((a, b) => prompts[b]!.length - prompts[a]!.length || a - b);
    const given = (this.#given[unit] ??= []);
    this.#asked += given.length;
    while (given.length < order.length) {
      const next = order.slice(given.length, given.length + PROMPTS_AT_ONCE);
      const tokens = await this.#model.nextTokens(next.map((i) => prompts[i]!));
      given.push(...tokens.map(({ id }) => this.#textOf(id)));
      this.#asked += next.length;
      await this.#pause();
    }
    const answers: string[] = [];
    order.forEach((i, place) => (answers[i] = given[place]!));
    return answers;
  }

  /** Filled up at the left to the longest of all, where that is wanted. */
  #padded(prompts: number[][]): number[][] {
    if (this.#context.parameters.padding === 'none') return prompts;
    const pad = this.#pad;
    if (pad === undefined)
      throw new Error('answer: expected a token <|endoftext|> to fill up with, got none');
    const longest = Math.max(...prompts.map(({ length }) => length));
    return prompts.map((ids) => [...Array<number>(longest - ids.length).fill(pad), ...ids]);
  }

  #textOf = (id: number): string =>
    this.#special.has(id) ? '' : answerIn(this.#model.tokenizer.decode([id]));

  async #pause(): Promise<void> {
    const { parameters, progress, checkpoint, signal } = this.#context;
    const steps = LANGUAGE_TASK_NAMES.length * (parameters.prompts + parameters.zeroShotPrompts);
    await checkpoint.save(new TextEncoder().encode(JSON.stringify(this.#given)));
    await progress({ step: Math.min(this.#asked, steps), steps });
    if (signal.aborted) throw signal.reason;
  }
}
