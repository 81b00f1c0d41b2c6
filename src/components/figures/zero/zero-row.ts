import type { z } from 'zod';
import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import type { zeroPredictor } from '../../../artifacts/zero-predictor.ts';

type Zero = z.infer<typeof zeroPredictor>['tasks'][string];

interface Row {
  title: string;
  /** E[y²] / d (content/methods.mdx, Error and its unit). */
  expected: number;
  /** On as many prompts as `zero-predictor` drew. */
  measured: number;
  /** On the prompts of the evaluation. */
  evaluated: number;
  /** Of trained models before their first example, on the same. */
  models: number[];
}

/** What predicting zero costs on the prompts of one experiment. @throws Error where its curves lack k = 0 */
export function zeroRow(zero: Zero, { curves, prompts }: LearningCurves, where: string): Row {
  const first = curves.filter(
    (curve) => curve.evaluation === 'training' && curve.prompts === prompts && curve.k[0] === 0,
  );
  const models = first.filter(({ seed }) => seed !== undefined).map(({ mean }) => mean[0]!);
  const evaluated = first.find(({ seed }) => seed === undefined)?.mean[0];
  if (evaluated === undefined || models.length === 0) {
    throw new Error(
      `${where}: expected curves of a baseline and of models from k = 0 on, got ${first.length} in all; ` +
        'evaluate them at k = 0',
    );
  }
  return { ...nature(zero), measured: zero.error.mean, evaluated, models };
}

function nature({ task, d }: Zero): Pick<Row, 'title' | 'expected'> {
  switch (task.task) {
    case 'linear-regression':
      return { title: `linear, ${task.inputs} inputs`, expected: 1 };
    case 'sparse-linear-regression':
      return { title: 'sparse linear', expected: Math.min(task.sparsity, d) / d };
    case 'relu-network':
      return { title: 'ReLU networks', expected: 1 };
    case 'decision-tree':
      return { title: 'decision trees', expected: 1 / d };
  }
}
