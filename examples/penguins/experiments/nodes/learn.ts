import type { Files, NodeContext } from '#src/lab/experiment.ts';
import { RandomStream } from '#src/numerics/random.ts';
import { readBirds } from '../learners/birds.ts';
import type { Bird, Classifier } from '../learners/birds.ts';
import { growForest } from '../learners/forest.ts';
import { fitLogistic } from '../learners/logistic.ts';

export type LearnParameters = {
  method: 'forest' | 'logistic';
  /** Numbers of birds that it learns from. */
  sizes: number[];
  /** Birds kept back, on which it is tested. */
  tested: number;
  seeds: number;
  trees: number;
  steps: number;
  decay: number;
};

/** What one learner did in every split: the share of the tested birds that it called wrong, and which birds. */
export interface Learnt {
  /** By number of birds, then by seed. */
  errors: number[][];
  /** By bird of the file: how often it was tested, and called wrong, after learning from the most birds. */
  tests: number[];
  mistakes: number[];
}

function learn(parameters: LearnParameters, birds: Bird[], random: RandomStream): Classifier {
  return parameters.method === 'forest'
    ? growForest(birds, parameters.trees, random)
    : fitLogistic(birds, parameters);
}

/** Learns from the first birds of a shuffled list and is tested on its last; both methods see the same lists. */
export async function learnSpecies({
  parameters,
  seed,
  data,
  progress,
  signal,
}: NodeContext<LearnParameters>): Promise<Files> {
  const birds = readBirds(new TextDecoder().decode(data['penguins']));
  const { sizes, tested, seeds } = parameters;
  const learnt: Learnt = {
    errors: sizes.map(() => []),
    tests: birds.map(() => 0),
    mistakes: birds.map(() => 0),
  };
  for (let split = 0; split < seeds; split++) {
    await progress({ step: split, steps: seeds });
    signal.throwIfAborted();
    const random = RandomStream.fromSeed(seed).fork(split);
    const order = [...random.fork('order').permutation(birds.length)];
    const testedOnes = order.slice(-tested);
    for (const [at, size] of sizes.entries()) {
      const shown = order.slice(0, size).map((i) => birds[i]!);
      const classify = learn(parameters, shown, random.fork('learner').fork(size));
      const wrong = testedOnes.filter((i) => classify(birds[i]!.measured) !== birds[i]!.species);
      learnt.errors[at]!.push(wrong.length / tested);
      if (at < sizes.length - 1) continue;
      for (const i of testedOnes) learnt.tests[i]! += 1;
      for (const i of wrong) learnt.mistakes[i]! += 1;
    }
  }
  return { 'learnt.json': new TextEncoder().encode(JSON.stringify(learnt)) };
}
