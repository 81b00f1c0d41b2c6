import type { z } from 'zod';
import type { Artifact, Preset, RuntimeRecord } from '../artifacts/artifact.ts';

/** Outputs of a node by name, such as `weights.safetensors`. */
export type Files = Readonly<Record<string, Uint8Array>>;

export interface Progress {
  step: number;
  steps: number;
  loss?: number;
}

/** What a node made, as its consumers see it. */
export interface NodeResult {
  files: Files;
  /** sha256 of each file. */
  sha256: Readonly<Record<string, string>>;
}

/**
 * Code that a node is given, not imports: of a table of models, say, the key then covers the entry that is
 * used and no other.
 */
export interface Code<Value = unknown> {
  /** `import.meta.resolve(…)` of the module that exports `value`. */
  readonly module: string;
  readonly value: Value;
}

/** What a node reads besides its inputs: hashed into its key, and told in the provenance. */
export type DataSource = { optional?: boolean } & (
  | {
      /** Path from the repository's root. */
      file: string;
      /** Where it is from, and on what terms: for files that this repository did not make. */
      origin?: string;
      licence?: string;
      /** For results that were computed elsewhere; marked so wherever they show. */
      elsewhere?: { sha256: string; command: string; environment: string };
    }
  /** The `data` of a committed artifact. */
  | { artifact: string; preset: Preset }
);

/** How far a replay of a recorded result agrees with it. */
export interface Evidence {
  /** Steps computed again from the beginning, of how many. */
  steps: number;
  of: number;
  /** Steps computed again up to the end, from the last state that was saved on the way. */
  last?: number;
  /** Largest relative difference of what was compared; 0 to the bit. */
  relativeError: number;
  /** Where the first difference is. */
  firstDifference?: number;
}

/** Everything a node may depend on. The tfjs backend is set and its kernels are registered. */
export interface NodeContext<Parameters extends object = object, Uses extends object = object> {
  parameters: Parameters;
  uses: Uses;
  /** @throws Error in a node that declares none: there is no default that a key could forget */
  readonly seed: number;
  inputs: Readonly<Record<string, NodeResult>>;
  /** Bytes of what the node declares as `data`; absent where it may be missing and is. */
  data: Readonly<Record<string, Uint8Array | undefined>>;
  runtime: RuntimeRecord;
  /** Aborts on Ctrl-C: save a checkpoint, then `throw signal.reason`. */
  signal: AbortSignal;
  /** Reports progress. Awaiting it lets the event loop turn, without which `signal` never fires. */
  progress(progress: Progress): Promise<void>;
  /** Survives a kill; gone once the node has finished. */
  checkpoint: { load(): Promise<Uint8Array | undefined>; save(bytes: Uint8Array): Promise<void> };
}

/** What a reader's browser may run of a node, once its inputs and outputs are published. */
export interface InPage<Parameters extends object = object> {
  /** The work that parameters ask for, in any unit: tells what less of the node costs. Left out, they all ask the same. */
  work?(parameters: Parameters): number;
  /**
   * What the recorded outputs say of a run with other parameters.
   * @returns undefined where they say nothing: such a run is the reader's own
   */
  recorded?(
    asked: Parameters,
    recorded: { parameters: Parameters; outputs: Files },
  ): Files | undefined;
  /** How far off the numbers may be on another device; left out, as far as the measured spread of devices allows. */
  tolerance?: number;
}

/** What a node asks of a cluster; the local executor and the node's key do without. */
export interface Resources {
  gpus?: number;
  cpus?: number;
  memoryGb?: number;
  /** Time limit. A training that reaches it saves a checkpoint and goes on in another job. */
  minutes?: number;
}

export interface Node {
  /** Unique in its experiment, such as `train/mamba-1`. */
  readonly id: string;
  /** `import.meta.url` or `import.meta.resolve(…)` of the module that exports `run`. */
  readonly module: string;
  /** A pure function of its context: what it can reach by imports is hashed, nothing else is, and it may read nothing else. */
  run(context: NodeContext): Promise<Files>;
  readonly parameters: object;
  readonly seed?: number;
  readonly uses?: Readonly<Record<string, Code>>;
  readonly inputs: Readonly<Record<string, Node>>;
  readonly data?: Readonly<Record<string, DataSource>>;
  /**
   * Computes the beginning of a recorded result again, and its end where the last state that was saved on the way is
   * here, and compares. For results too dear to make anew when their code changed and they should not have.
   * @param recorded the outputs that are here, by name; those that are not committed may be absent
   */
  replay?(context: NodeContext, recorded: Files, lastState?: Uint8Array): Promise<Evidence>;
  /** @throws Error where these bytes of a checkpoint are none that `run` could go on from; left out, it has to take any */
  checkState?(context: Pick<NodeContext, 'parameters' | 'uses'>, bytes: Uint8Array): void;
  /**
   * Outputs to commit, by name: path under `public/`. Publish all outputs of an expensive node: a clone
   * has no store, and would have to run the node again for one that a changed consumer needs.
   */
  readonly publish?: Readonly<Record<string, string>>;
  readonly resources?: Resources;
  /** Left out, it runs in no page. The node's key does without. */
  readonly page?: InPage;
}

/** Code that a node is given, by its names for it. */
export const usesOf = (node: Node): NodeContext['uses'] =>
  Object.fromEntries(Object.entries(node.uses ?? {}).map(([name, { value }]) => [name, value]));

interface NodeSpec<Parameters extends object, Uses extends object> extends Omit<
  Node,
  'run' | 'replay' | 'checkState' | 'parameters' | 'uses' | 'inputs' | 'page'
> {
  run(context: NodeContext<Parameters, Uses>): Promise<Files>;
  replay?(
    context: NodeContext<Parameters, Uses>,
    recorded: Files,
    lastState?: Uint8Array,
  ): Promise<Evidence>;
  checkState?(
    context: Pick<NodeContext<Parameters, Uses>, 'parameters' | 'uses'>,
    bytes: Uint8Array,
  ): void;
  readonly parameters: Parameters;
  readonly uses?: { readonly [Name in keyof Uses]: Code<Uses[Name]> };
  readonly page?: InPage<Parameters>;
  readonly inputs?: Readonly<Record<string, Node>>;
}

/** Declares a unit of work whose result is cached under the hash of all that decides it. */
export const node = <Parameters extends object, Uses extends object = object>(
  spec: NodeSpec<Parameters, Uses>,
): Node => ({ inputs: {}, ...spec });

/** One line of a verification: a number computed here against the published one. */
export interface Comparison {
  name: string;
  relativeError: number;
}

export interface VerifyContext<Data> {
  artifact: Artifact<Data>;
  /** Reads a file under `public/`. @throws Error where it is not the one that the artifact was made of */
  read(path: string): Promise<Uint8Array>;
  /** Compare contexts of at most this many examples; Infinity for all. */
  examples: number;
  /** Whether a comparison of this name is asked for, which evaluates weights of this sha256. */
  wants(name: string, weights: string): boolean;
}

interface ExperimentSpec<Parameters extends object, Schema extends z.ZodType> {
  /** Name of the file in `experiments/`, and of the artifact. */
  id: string;
  title: string;
  presets: Partial<Record<Preset, Parameters>>;
  /** Schema of the artifact's `data`. */
  data: Schema;
  /** The last node of the graph; its only output, `data.json`, becomes the artifact's `data`. */
  graph(parameters: Parameters, preset: Preset): Node;
  /** Evaluates the committed weights again on this machine. */
  verify?(context: VerifyContext<z.infer<Schema>>): AsyncIterable<Comparison>;
}

export interface Experiment {
  readonly id: string;
  readonly title: string;
  readonly presets: Partial<Record<Preset, object>>;
  readonly data: z.ZodType;
  graph(parameters: object, preset: Preset): Node;
  verify?(context: VerifyContext<unknown>): AsyncIterable<Comparison>;
}

/** Declares an experiment; default-export the result from `experiments/<id>.ts`. */
export const defineExperiment = <Parameters extends object, Schema extends z.ZodType>(
  spec: ExperimentSpec<Parameters, Schema>,
): Experiment => spec;

/** Name of the one output of an experiment's last node. */
export const DATA = 'data.json';

/** The bytes of `data.json`. */
export const dataFile = (data: object): Files => ({
  [DATA]: new TextEncoder().encode(JSON.stringify(data)),
});
