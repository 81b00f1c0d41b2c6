import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { openCheckpoint } from '../checkpoints/checkpoint.ts';
import { readConfig } from '../checkpoints/config.ts';
import type { Config } from '../checkpoints/config.ts';
import { fault } from '../checkpoints/fault.ts';
import type { Source } from '../checkpoints/source.ts';
import { openTokenizer } from '../checkpoints/tokenizer.ts';
import type { Tokenizer } from '../checkpoints/tokenizer.ts';
import { crossEntropy } from '../kernels/cross-entropy/op.ts';
import { RandomStream } from '../numerics/random.ts';
import { estimateMemory, expectRoom } from './memory.ts';
import { networkOf } from './networks.ts';
import type { Network } from './network.ts';
import { aligned, together } from './rows.ts';
import type { Rows } from './rows.ts';
import { logitsOf, pass, prefill } from './run.ts';
import { largest, logSumExp, sample } from './sampling.ts';
import type { Sampling } from './sampling.ts';
import { checkNeeds, loadWeights } from './weights.ts';
import type { OnProgress, WeightFormat, Weights } from './weights.ts';

/** A text, or the ids of its tokens. */
export type Prompt = string | readonly number[];

export interface PromptOptions {
  /**
   * What happens to prompts of unequal length that go through together. `masked`, if absent: places that a shorter
   * one leaves empty count as nothing, so that each prompt gets what it would get alone. `left`: every prompt is
   * filled up at its left with `pad`, to the longest of all, and the model reads that as text, as in the files that
   * the paper published.
   */
  padding?: 'masked' | 'left';
  /** The token that fills up; `<|endoftext|>` if absent. */
  pad?: number;
  /** Tokens that go through together: more take more memory. */
  tokensAtOnce?: number;
  /** Called with the prompts that are done, and all there are. */
  onProgress?: OnProgress;
}

/** What a model expects after a prompt. */
export interface NextToken {
  /** The most probable token; the first of several. */
  id: number;
  /** Its natural logarithm of probability. */
  logProbability: number;
}

export interface GenerateOptions extends Partial<Sampling> {
  maxTokens: number;
  seed?: number;
  /** Called with the tokens of the prompt that are read, and all there are. */
  onProgress?: OnProgress;
}

/** Tokens that fit into a pass with what they need in between, for models of up to a few hundred million weights. */
const TOKENS_AT_ONCE = 2048;

/**
 * A pretrained language model on the current TensorFlow.js backend, on which `registerKernels` has to have run.
 *
 *     const { source } = await fetchCheckpoint('state-spaces/mamba-130m-hf'); // or folderSource(folder)
 *     const model = await loadLanguageModel(source);
 *     const [next] = await model.nextTokens(['example:big->small\nexample:hot->']);
 *     model.tokenizer.decode([next.id]);
 *     for await (const id of model.generate('Mamba is', { maxTokens: 20 })) …
 *     model.dispose();
 */
export class LanguageModel {
  readonly network: Network;
  readonly #config: Config;
  readonly #weights: Weights;
  readonly #tokenizer: Tokenizer | undefined;

  constructor(
    network: Network,
    config: Config,
    weights: Weights,
    tokenizer: Tokenizer | undefined,
  ) {
    this.network = network;
    this.#config = config;
    this.#weights = weights;
    this.#tokenizer = tokenizer;
  }

  /** @throws CheckpointError where the checkpoint has none */
  get tokenizer(): Tokenizer {
    if (this.#tokenizer) return this.#tokenizer;
    return fault(
      this.#config.where,
      'a tokenizer.json beside it',
      'none',
      'add the one of the model, or give ids of tokens',
    );
  }

  /** Ids that the tokenizer knows; the rows after those are padding, and never the most probable. */
  get #usable(): number {
    const { vocabulary } = this.network;
    return Math.min(this.#tokenizer?.size ?? vocabulary, vocabulary);
  }

  /** Tokens after which a text ends. */
  get ends(): readonly number[] {
    const id: unknown = this.#config.values['eos_token_id'];
    return (Array.isArray(id) ? id : [id]).filter((one) => typeof one === 'number');
  }

  /** @throws CheckpointError for an id outside the vocabulary, no token at all, or more than the model has places for */
  ids(prompt: Prompt): readonly number[] {
    const ids = typeof prompt === 'string' ? this.tokenizer.encode(prompt) : prompt;
    const { where } = this.#config;
    const { vocabulary, longest = Infinity } = this.network;
    const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (wrong !== undefined)
      fault(where, `ids from 0 to ${vocabulary - 1}`, `${wrong}`, 'use the tokenizer of the model');
    if (ids.length === 0) fault(where, 'a prompt', 'none', 'give at least one token');
    if (ids.length > longest)
      fault(where, `at most ${longest} tokens`, `${ids.length}`, 'shorten the prompt');
    return ids;
  }

  /** The most probable token after each prompt, in their order. */
  async nextTokens(prompts: readonly Prompt[], options: PromptOptions = {}): Promise<NextToken[]> {
    const { onProgress = () => {}, tokensAtOnce = TOKENS_AT_ONCE } = options;
    const all = this.#padded(
      prompts.map((prompt) => this.ids(prompt)),
      options,
    );
    const found: NextToken[] = [];
    let done = 0;
    for (const group of together(all, tokensAtOnce)) {
      const logits = await this.#lastLogits(aligned(group.map((i) => all[i]!)));
      group.forEach((i, b) => (found[i] = nextToken(logits[b]!)));
      onProgress((done += group.length), prompts.length);
    }
    return found;
  }

  /**
   * Logits at every place of one prompt.
   * @param pieceLength tokens that go through together: 1 is token by token
   * @returns [L V]
   */
  async logits(prompt: Prompt, pieceLength?: number): Promise<Float32Array> {
    const pieces: Tensor[] = [];
    const { state } = await prefill(
      this.network,
      this.#weights,
      aligned([this.ids(prompt)]),
      (hidden) => pieces.push(tf.tidy(() => logitsOf(this.#weights, tf.squeeze(hidden, [0])))),
      pieceLength,
    );
    const all = tf.concat(pieces, 0);
    const values = (await all.data()) as Float32Array;
    tf.dispose([state, pieces, all]);
    return values;
  }

  /** Tokens one by one, the given number at most, until one that ends a text. */
  async *generate(prompt: Prompt, options: GenerateOptions): AsyncGenerator<number> {
    const { maxTokens, temperature = 0, topK, seed = 0, onProgress } = options;
    const random = RandomStream.fromSeed(seed);
    const ids = this.ids(prompt);
    let logits: Tensor | undefined;
    let running = await prefill(this.network, this.#weights, aligned([ids]), (hidden, from) => {
      logits?.dispose();
      logits = this.#logitsAtEnd(hidden);
      onProgress?.(from + hidden.shape[1]!, ids.length);
    });
    try {
      for (let count = 1; count <= maxTokens; count++) {
        const values = (await logits!.data()) as Float32Array;
        logits!.dispose();
        logits = undefined;
        const id = sample(values.subarray(0, this.#usable), { temperature, topK }, random);
        if (this.ends.includes(id)) return;
        yield id;
        if (count === maxTokens || running.past >= (this.network.longest ?? Infinity)) return;
        const { hidden, after } = pass(this.network, this.#weights, [[id]], running);
        tf.dispose(running.state);
        running = after;
        logits = this.#logitsAtEnd(hidden);
        hidden.dispose();
      }
    } finally {
      logits?.dispose();
      tf.dispose(running.state);
    }
  }

  /** Natural logarithms of the probability of each token of a continuation, given what comes before it. */
  async score(prompt: Prompt, continuation: Prompt): Promise<Float32Array> {
    const [before, after] = [this.ids(prompt), this.ids(continuation)];
    const ids = this.ids([...before, ...after]);
    const losses: Tensor[] = [];
    const { state } = await prefill(
      this.network,
      this.#weights,
      aligned([ids.slice(0, -1)]),
      (hidden, from) => {
        const length = hidden.shape[1] as number;
        const start = Math.max(0, before.length - 1 - from);
        if (start >= length) return;
        losses.push(
          tf.tidy(() => {
            const rows = tf.reshape(tf.slice(hidden, [0, start, 0], [1, length - start, -1]), [
              length - start,
              -1,
            ]);
            const targets = ids.slice(from + start + 1, from + length + 1);
            return crossEntropy(
              logitsOf(this.#weights, rows),
              tf.tensor(targets, [targets.length], 'int32'),
            );
          }),
        );
      },
    );
    const values = await Promise.all(losses.map((loss) => loss.data()));
    tf.dispose([state, losses]);
    return Float32Array.from(
      values.flatMap((part) => [...part]),
      (loss) => -loss,
    );
  }

  dispose = (): void => this.#weights.dispose();

  #padded(prompts: (readonly number[])[], { padding, pad }: PromptOptions): (readonly number[])[] {
    if (padding !== 'left') return prompts;
    const longest = Math.max(...prompts.map(({ length }) => length));
    const filler = pad ?? this.tokenizer.id('<|endoftext|>');
    if (filler === undefined)
      fault(this.#config.where, 'a token <|endoftext|> to fill up with', 'none', 'name another');
    return prompts.map((ids) => [...Array<number>(longest - ids.length).fill(filler), ...ids]);
  }

  async #lastLogits(rows: Rows): Promise<Float32Array[]> {
    let logits: Tensor | undefined;
    const { state } = await prefill(this.network, this.#weights, rows, (hidden) => {
      logits?.dispose();
      logits = this.#logitsAtEnd(hidden);
    });
    tf.dispose(state);
    const values = (await logits!.data()) as Float32Array;
    logits!.dispose();
    const { vocabulary } = this.network;
    return rows.ids.map((_, b) => values.subarray(b * vocabulary, b * vocabulary + this.#usable));
  }

  /** hidden [B L d_model] → [B V] at the last place */
  #logitsAtEnd = (hidden: Tensor): Tensor =>
    tf.tidy(() => {
      const [batch, length, size] = hidden.shape as [number, number, number];
      const last = tf.slice(hidden, [0, length - 1, 0], [batch, 1, size]);
      return logitsOf(this.#weights, tf.reshape(last, [batch, size]));
    });
}

function nextToken(logits: Float32Array): NextToken {
  const id = largest(logits);
  return { id, logProbability: logits[id]! - logSumExp(logits) };
}

export interface LoadOptions {
  /** `stored` if absent: matrices in 16 bits stay so where the backend can, with sums in float32. */
  weights?: WeightFormat;
  /** Bytes that the machine has left, where that is known: what would not fit is refused before it is read. */
  free?: number;
  /** Called with the bytes that are read, and all there are. */
  onProgress?: OnProgress;
}

/**
 * Reads a checkpoint: `config.json`, weights and, where there is one, `tokenizer.json`.
 * @throws CheckpointError that names file and tensor, and what to do; or how much memory is missing
 */
export async function loadLanguageModel(
  source: Source,
  { weights: format = 'stored', free, onProgress }: LoadOptions = {},
): Promise<LanguageModel> {
  const config = await readConfig(source);
  const file = await openCheckpoint(source);
  const network = networkOf(config, (name) => file.tensors.has(name));
  checkNeeds(file, network.needs, network.superfluous);
  expectRoom(file.where, estimateMemory(file, network, format, TOKENS_AT_ONCE), free);
  const hasTokenizer = (await source.size('tokenizer.json')) !== undefined;
  const tokenizer = hasTokenizer ? await openTokenizer(source) : undefined;
  const weights = await loadWeights(file, network.needs, { format, onProgress });
  return new LanguageModel(network, config, weights, tokenizer);
}
