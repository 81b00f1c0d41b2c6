import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { Recording } from '../../kernels/webgpu/recording.ts';
import { attentionWorkload, scanWorkload } from '../../kernels/workloads.ts';
import type { SequenceShape, Workload } from '../../kernels/workloads.ts';
import { ARCHITECTURES } from '../../models/index.ts';
import type { ModelConfig, ModelName } from '../../models/index.ts';
import { RandomStream } from '../../numerics/random.ts';
import { toTensors } from '../../numerics/tensors.ts';
import type { BackendName } from '../../runtime/runtime.ts';
import { Adam } from '../../training/adam.ts';
import { lossAndGradients } from '../../training/objective.ts';
import { feedsOf, predict, squaredError } from '../../training/regression.ts';
import { ReplayedSteps } from '../../training/replay.ts';
import { copyBandwidth, timeOfOne } from './bandwidth.ts';
import { countDispatches } from './dispatches.ts';
import { PUBLISHED_SHAPES, publishedNetwork } from './language-shapes.ts';
import { PROMPT, measureDecode, measurePrefill } from './language.ts';
import { forwardPass, measure } from './measure.ts';
import type { Measured, Prepare } from './measure.ts';
import { modelWorkload } from './model-workload.ts';
import { SCAN, compareHalfStates, scanGradient } from './scan-gradient.ts';

/** What a measurement may use. */
interface Bench {
  runs: number;
  gpu: GPUDevice | undefined;
}

interface Measurement {
  name: string;
  shape: Record<string, number>;
  /** Where it can be taken; absent: everywhere. */
  only?: BackendName;
  take(bench: Bench): Promise<Partial<Measured> & Record<string, number>>;
}

/** Batch and prompt length of the paper's regression trainings: 41 points, 82 tokens. */
const TRAINING = { batch: 64, tokens: 82 };
const WIDTH = { n_dims: 5, d_model: 64, n_layer: 4 };
const MAMBA = { ...WIDTH, d_state: 16, d_conv: 4, expand: 2 };
const MODELS = {
  mamba: { model: 'mamba', ...MAMBA },
  gpt2: { model: 'gpt2', ...WIDTH, n_head: 4 },
  s4d: { model: 's4d', ...WIDTH, d_state: 64 },
  rwkv4: { model: 'rwkv4', ...WIDTH },
  lstm: { model: 'lstm', ...WIDTH },
  mambaformer: { model: 'mambaformer', ...MAMBA, n_layer: 2, n_head: 4 },
} satisfies { [Name in ModelName]?: Extract<ModelConfig, { model: Name }> };

/** One whole step: forward, backward, Adam; ends when the last updated parameter has been read. */
function trainStep(config: ModelConfig): Prepare {
  return () => {
    const { model, prompts, values } = modelWorkload(config, TRAINING);
    const adam = new Adam({ parameters: values });
    let step = 0;
    return {
      async run() {
        const { loss, gradients } = lossAndGradients(
          squaredError(model),
          adam.parameters,
          feedsOf(prompts),
        );
        adam.step(gradients, ++step, 1e-3);
        await Object.values(adam.parameters).at(-1)?.data();
        tf.dispose([loss, ...Object.values(gradients)]);
      },
      dispose: () => adam.dispose(),
    };
  };
}

const inference = (config: ModelConfig): Prepare =>
  forwardPass(() => {
    const { model, prompts, values } = modelWorkload(config, TRAINING);
    const parameters = toTensors(values);
    return {
      run: () => predict(model, parameters, prompts),
      dispose: () => tf.dispose(Object.values(parameters)),
    };
  });

const draw = (): ((count: number) => Float32Array) => {
  const random = RandomStream.fromSeed(0);
  return (count) => random.normals(count);
};

const timed =
  (prepare: Prepare): Measurement['take'] =>
  async ({ runs }) => ({ ...(await measure(prepare, runs)) });

const ROOF = { batch: 8, length: 4096, d_model: WIDTH.d_model };

const LENGTHS = [64, 256, 1024, 4096, 16_384, 65_536];
/** Attention at 65,536 tokens takes minutes on a processor. */
const LONGEST_ATTENTION = 16_384;

function sequence(
  name: string,
  workload: (shape: SequenceShape, random: ReturnType<typeof draw>) => Workload,
  longest: number,
): Measurement[] {
  return LENGTHS.filter((length) => length <= longest).map((length) => {
    const shape = { batch: 1, length, d_model: WIDTH.d_model };
    const take = timed(forwardPass(() => workload(shape, draw())));
    return { name: `${name}/${length}`, shape, take };
  });
}

/** The scan against what copying the bytes it has to read and write would take: its commands, recorded once. */
const roof: Measurement = {
  name: 'roof/scan',
  shape: ROOF,
  only: 'webgpu',
  async take({ gpu }) {
    const workload = scanWorkload(ROOF, draw());
    tf.dispose(tf.tidy(() => workload.run()));
    const recording = new Recording(tf.backend() as WebGPUBackend, () =>
      tf.tidy(() => workload.run()),
    );
    const repeat = (repetitions: number): void => {
      for (let i = 0; i < repetitions; i++) recording.run();
    };
    const leastMs = await timeOfOne(gpu!, repeat, [2, 22]);
    recording.dispose((out) => out.dispose());
    workload.dispose();
    const bandwidth = await copyBandwidth(gpu!);
    // u, delta, z and the output have 2 d_model channels, B and C 16 states.
    const bytes = 4 * ROOF.batch * ROOF.length * (4 * 2 * ROOF.d_model + 2 * 16);
    const fractionOfRoof = bytes / bandwidth / (leastMs / 1000);
    return { leastMs, copyGBPerSecond: bandwidth / 1e9, fractionOfRoof };
  },
};

const dispatches: Measurement = {
  name: 'dispatches/mamba-block',
  shape: { batch: 2, tokens: 16, ...MAMBA, n_layer: 1 },
  only: 'webgpu',
  async take() {
    const config: ModelConfig = { model: 'mamba', ...MAMBA, n_layer: 1 };
    return { ...(await countDispatches(config, { batch: 2, tokens: 16 })) };
  },
};

const ofModels = (name: string, prepare: (config: ModelConfig) => Prepare): Measurement[] =>
  Object.values(MODELS).map(({ model, ...config }) => ({
    name: `${name}/${model}`,
    shape: { ...TRAINING, ...config },
    take: timed(prepare({ model, ...config } as ModelConfig)),
  }));

/** As `trainStep`, with the commands of a step replayed: ends when the loss has been read. */
function replayedStep(config: ModelConfig): Prepare {
  return () => {
    const { model, prompts, values } = modelWorkload(config, TRAINING);
    const adam = new Adam({ parameters: values });
    const feeds = feedsOf(prompts);
    const objective = { loss: squaredError(model), batch: prompts.batch, largest: () => feeds };
    const steps = new ReplayedSteps(objective, adam);
    let step = 0;
    return {
      async run() {
        const losses = Array.from({ length: STEPS_A_READ }, () => steps.take(feeds, ++step, 1e-3));
        await losses.at(-1)?.data();
        tf.dispose(losses);
      },
      dispose() {
        steps.dispose();
        adam.dispose();
      },
    };
  };
}

/** Trainings read the loss now and then: waiting for the device is not a part of every step. */
const STEPS_A_READ = 20;

const replayed = (name: string, { model, ...config }: ModelConfig): Measurement => ({
  name: `replayed-step/${name}`,
  shape: { ...TRAINING, ...config },
  only: 'webgpu',
  async take({ runs }) {
    const prepare = replayedStep({ model, ...config } as ModelConfig);
    const { medianMs, ...rest } = await measure(prepare, runs);
    return { medianMs: medianMs / STEPS_A_READ, ...rest };
  },
});

/** Steps of models that draw nothing: at the published scale, which only a GPU takes in less than minutes, and small. */
const replays = [
  ...(['mamba', 'gpt2'] as const).map((name) =>
    replayed(`${name}-standard`, { ...ARCHITECTURES[name].sizes.standard, n_dims: 20 }),
  ),
  ...(['mamba', 'gpt2', 'rwkv4', 'lstm', 'mambaformer'] as const).map((name) =>
    replayed(name, MODELS[name]),
  ),
];

/** Published language models with random F16 weights: reading a prompt, and writing after one. */
const language = PUBLISHED_SHAPES.flatMap((name): Measurement[] => {
  const { layers, d_model, vocabulary } = publishedNetwork(name);
  const shape = { layers, d_model, vocabulary };
  return [
    {
      name: `language/${name}/prefill`,
      shape: { ...shape, tokens: PROMPT.read },
      take: ({ runs }) => measurePrefill(name, runs),
    },
    {
      name: `language/${name}/decode`,
      shape: { ...shape, before: PROMPT.before },
      take: ({ runs, gpu }) => measureDecode(name, runs, gpu),
    },
  ];
});

/** The standard measurements; names and shapes stay, so that numbers compare over time. */
export const MEASUREMENTS: readonly Measurement[] = [
  ...ofModels('train-step', trainStep),
  ...replays,
  ...ofModels('inference', inference),
  { name: 'selective-scan/forward-backward', shape: SCAN, take: timed(scanGradient) },
  {
    name: 'selective-scan/half-states',
    shape: SCAN,
    only: 'webgpu',
    take: ({ runs }) => compareHalfStates(runs),
  },
  ...sequence('scan', scanWorkload, Infinity),
  ...sequence('attention', attentionWorkload, LONGEST_ATTENTION),
  ...language,
  roof,
  dispatches,
];
