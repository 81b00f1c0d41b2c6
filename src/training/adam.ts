import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { adamStep } from '../kernels/adam/op.ts';
import type { AdamSettings, AdamSlot } from '../kernels/adam/op.ts';
import type { Parameters, ParameterValues } from '../models/model.ts';

/** The settings of every training in the paper. */
const DEFAULTS: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The state of a training between two steps; the moments are absent before the first. */
export interface AdamState {
  parameters: ParameterValues;
  m?: ParameterValues;
  v?: ParameterValues;
}

/** Parameters on the device together with Adam's moments. Dispose it when done. */
export class Adam {
  readonly #slots: Record<string, AdamSlot>;

  constructor({ parameters, m, v }: AdamState) {
    this.#slots = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, values }]) => [
        name,
        {
          parameter: variable(shape, values),
          m: variable(shape, m?.[name]?.values),
          v: variable(shape, v?.[name]?.values),
        },
      ]),
    );
  }

  /** Live tensors: `step` changes them in place. */
  get parameters(): Parameters {
    return Object.fromEntries(
      Object.entries(this.#slots).map(([name, { parameter }]) => [name, parameter]),
    );
  }

  /**
   * @param gradients by parameter name
   * @param step counts from 1
   */
  step(
    gradients: Parameters,
    step: number,
    learningRate: number,
    settings: AdamSettings = DEFAULTS,
  ): void {
    for (const [name, slot] of Object.entries(this.#slots)) {
      const gradient = gradients[name];
      if (!gradient) throw new Error(`Adam.step: expected a gradient of ${name}, got none`);
      adamStep(slot, gradient, step, learningRate, settings);
    }
  }

  async state(): Promise<Required<AdamState>> {
    const read = async (part: keyof AdamSlot): Promise<ParameterValues> => {
      const entries = Object.entries(this.#slots).map(async ([name, slot]) => {
        const values = (await slot[part].data()) as Float32Array;
        return [name, { shape: slot[part].shape, values: Float32Array.from(values) }] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    };
    return { parameters: await read('parameter'), m: await read('m'), v: await read('v') };
  }

  dispose(): void {
    for (const slot of Object.values(this.#slots)) tf.dispose([slot.parameter, slot.m, slot.v]);
  }
}

function variable(shape: number[], values: Float32Array | undefined): tf.Variable {
  const initial: Tensor = values ? tf.tensor(values, shape) : tf.zeros(shape);
  const result = tf.variable(initial);
  initial.dispose();
  return result;
}
