import { z } from 'zod';
import { createModel } from '../../models/index.ts';
import type { ModelConfig } from '../../models/index.ts';
import { Adam } from '../../training/adam.ts';
import { lossAndGradients } from '../../training/objective.ts';
import { feedsOf, predict, squaredError } from '../../training/regression.ts';
import { relativeError } from '../../numerics/relative-error.ts';
import { TOLERANCE, checkGradients, read } from './compare.ts';
import type { Check } from './compare.ts';
import { goldenGradients, need } from './tensors.ts';
import type { Tensors } from './tensors.ts';

const config = z.looseObject({ optimizer: z.looseObject({ lr: z.number() }) });

/** Predictions, every gradient of the mean squared error, and the loss before each step of Adam. */
export async function checkRegression(
  settings: unknown,
  weights: Tensors,
  golden: Tensors,
): Promise<Check[]> {
  const { lr } = config.parse(settings).optimizer;
  const model = createModel(settings as ModelConfig);
  const { shape, values: xs } = need(golden, 'xs');
  const [batch = 0, points = 0, d = 0] = shape;
  const prompts = { batch, points, d, xs, ys: need(golden, 'ys').values };
  const adam = new Adam({ parameters: weights });
  const predictions = await read(predict(model, adam.parameters, prompts));
  const checks: Check[] = [
    {
      tensor: 'predictions',
      relativeError: relativeError(predictions, need(golden, 'predictions').values),
      tolerance: TOLERANCE.forward,
    },
  ];
  for (const [i, expected] of need(golden, 'losses').values.entries()) {
    const { loss, gradients } = lossAndGradients(
      squaredError(model),
      adam.parameters,
      feedsOf(prompts),
    );
    if (i === 0) {
      const mine: Record<string, Float32Array> = {};
      for (const [name, gradient] of Object.entries(gradients)) mine[name] = await read(gradient);
      checks.push(...checkGradients(mine, goldenGradients(golden)));
    }
    checks.push({
      tensor: `losses.${i}`,
      relativeError: relativeError(await read(loss), [expected]),
      tolerance: TOLERANCE.loss,
    });
    adam.step(gradients, i + 1, lr);
  }
  adam.dispose();
  return checks;
}
