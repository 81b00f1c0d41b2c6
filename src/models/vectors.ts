import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../kernels/linear/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import { initLinear } from './initial.ts';
import type { Backbone, Ends, ParameterValues, SequenceModel } from './model.ts';

/** What a model over vectors has besides its backbone. */
export type VectorConfig = {
  /** Components of a token. */
  n_dims: number;
};

/** A linear map: the prefix of its parameters, and the fork of the model's randomness that draws them. */
interface LinearName {
  prefix: string;
  fork: string;
}

interface EndNames {
  readIn: LinearName;
  readOut: LinearName;
}

/** The names of Garg et al. */
const GARG: EndNames = {
  readIn: { prefix: '_read_in', fork: 'read_in' },
  readOut: { prefix: '_read_out', fork: 'read_out' },
};

/** Draws weight [nOut nIn] and bias [nOut]. */
export type InitLinear = (
  random: RandomStream,
  name: LinearName,
  nIn: number,
  nOut: number,
) => ParameterValues;

const asPyTorch: InitLinear = (random, { prefix, fork }, nIn, nOut) =>
  initLinear(random.fork(fork), prefix, nIn, nOut);

/** Ends for vectors: linear read-in, and linear read-out of one scalar a token. */
export function vectorEnds(
  { n_dims, d_model }: VectorConfig & { d_model: number },
  { readIn, readOut }: EndNames = GARG,
  init: InitLinear = asPyTorch,
): Ends {
  return {
    initIn: (random) => init(random, readIn, n_dims, d_model),
    initOut: (random) => init(random, readOut, d_model, 1),
    readIn: (p, tokens) =>
      linear(tokens, p[`${readIn.prefix}.weight`]!, p[`${readIn.prefix}.bias`]),
    readOut: (p, normed) =>
      tf.squeeze(linear(normed, p[`${readOut.prefix}.weight`]!, p[`${readOut.prefix}.bias`]), [2]),
  };
}

/** The model of a backbone between ends, for vectors or others. */
export function vectorModel(backbone: Backbone, ends: Ends): SequenceModel {
  const { recurrence } = backbone;
  const readOut: SequenceModel['readOut'] = (p, residual) =>
    ends.readOut(p, backbone.norm(p, residual));
  return {
    init: (random) => ({
      ...ends.initIn(random),
      ...backbone.init(random),
      ...ends.initOut(random),
    }),
    forward: (p, tokens, options) =>
      readOut(p, backbone.forward(p, ends.readIn(p, tokens), options)),
    readOut,
    draws: backbone.draws,
    ...(recurrence && {
      recurrent: {
        initialState: (batch) => tf.tidy(() => recurrence.initialState(batch)),
        step: (p, state, token) =>
          tf.tidy(() => {
            const stream = ends.readIn(p, tf.expandDims(token, 1));
            const { out, state: next } = recurrence.step(p, state, stream);
            return { out: tf.squeeze(readOut(p, out), [1]), state: next };
          }),
      },
    }),
  };
}
