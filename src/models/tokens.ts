import type { Tensor } from '@tensorflow/tfjs-core';
import { embedding } from '../kernels/embedding/op.ts';
import { linear } from '../kernels/linear/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import { normal } from './initial.ts';
import type {
  Backbone,
  Ends,
  ForwardOptions,
  Parameters,
  ParameterValues,
  SequenceModel,
} from './model.ts';
import { vectorModel } from './vectors.ts';

/** What a model over tokens has besides its backbone. */
export type TokenConfig = {
  /** Number of different tokens (V). */
  vocabulary: number;
  /** Whether the head is the embedding. */
  tied: boolean;
};

/** Prefixes of the parameters. */
interface EndNames {
  embedding: string;
  /** Of a head that is not tied. */
  head: string;
}

/** Whatever the backbone. */
const NAMES: EndNames = { embedding: 'embedding', head: 'lm_head' };

/** Of embedding and head, as in GPT-2 and Mamba. */
const DEVIATION = 0.02;

/**
 * A language model. `forward` gives logits: tokens int32 [B L] → [B L V]; a step of its recurrent form reads
 * int32 [B] and gives [B V]. A loss over many tokens asks for `hidden` and `head` instead, between which a kernel
 * need not hold all logits.
 */
export interface TokenModel extends SequenceModel {
  draws: boolean;
  /** tokens int32 [B L] → what the head reads [B L d_model]; causal. */
  hidden(parameters: Parameters, tokens: Tensor, options?: ForwardOptions): Tensor;
  /** [V d_model]; a logit is the product of a row with what the head reads. */
  head(parameters: Parameters): Tensor;
}

/** The model of a backbone between an embedding and a linear head without bias. */
export function tokenModel(
  backbone: Backbone,
  config: TokenConfig & { d_model: number },
  names: EndNames = NAMES,
): TokenModel {
  const head = (p: Parameters): Tensor =>
    p[`${config.tied ? names.embedding : names.head}.weight`]!;
  const ends = tokenEnds(config, names, head);
  return {
    ...vectorModel(backbone, ends),
    draws: backbone.draws,
    head,
    hidden: (p, tokens, options) =>
      backbone.norm(p, backbone.forward(p, ends.readIn(p, tokens), options)),
  };
}

function tokenEnds(
  { vocabulary, tied, d_model }: TokenConfig & { d_model: number },
  names: EndNames,
  head: TokenModel['head'],
): Ends {
  const draw = (random: RandomStream, name: string): ParameterValues => ({
    [`${name}.weight`]: normal(random.fork(name), [vocabulary, d_model], DEVIATION),
  });
  return {
    initIn: (random) => draw(random, names.embedding),
    initOut: (random) => (tied ? {} : draw(random, names.head)),
    readIn: (p, tokens) => embedding(tokens, p[`${names.embedding}.weight`]!),
    readOut: (p, normed) => linear(normed, head(p)),
  };
}
