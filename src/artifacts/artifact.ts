import { z } from 'zod';
import { attestation } from './evidence.ts';
import { sha256 } from './sha256.ts';

/** Version of the envelope; raised when a reader of the old form would misread the new one. */
export const ARTIFACT_SCHEMA = 1;

export const presets = ['smoke', 'small', 'long', 'medium', 'paper'] as const;
export type Preset = (typeof presets)[number];

/** Wall time; a thousand years are a mistake. */
export const seconds = z.number().nonnegative().max(3.2e10);

const backend = z.enum(['webgpu', 'wasm', 'tensorflow', 'cpu']);

/** What the numbers were computed on. Recorded, not part of the key. */
export const runtimeRecord = z.strictObject({
  backend,
  adapter: z.string(),
  /** Whether the adapter is a software renderer. */
  software: z.boolean(),
  /** Version of Node; absent in a browser. */
  node: z.string().optional(),
  /** Versions of the numeric packages. */
  packages: z.record(z.string(), z.string()),
  /** Which code computed the operations: start of a hash of the compiled kernels and of what dispatches them. */
  implementation: z.string().optional(),
  /** Of the WebAssembly kernels: with relaxed SIMD or without. */
  variant: z.enum(['relaxed', 'simd']).optional(),
});
export type RuntimeRecord = z.infer<typeof runtimeRecord>;

const provenance = z.strictObject({
  /** Hash of everything that decides the result: code, parameters, seeds, inputs, data, packages. */
  key: sha256,
  /** Commit of the checkout that computed it; empty outside a git checkout. */
  commit: z.string(),
  /** Whether that checkout held uncommitted changes to the node's sources. */
  dirty: z.boolean(),
  command: z.string(),
  parameters: z.json(),
  /** Every seed used by the artifact's nodes. */
  seeds: z.array(z.int()),
  /** The nodes it was computed from, by node id: their keys, and on what and how long they ran. */
  inputs: z.record(
    z.string(),
    z.strictObject({
      key: sha256,
      backend,
      adapter: z.string(),
      seconds,
      /** Commit of the checkout that made it. */
      commit: z.string(),
      /** sha256 of its committed files, by path under `public/`. */
      published: z.record(z.string(), sha256).optional(),
      /** Evidence that today's code would make it, where it was made by other code. */
      attested: z.array(attestation).optional(),
    }),
  ),
  /** Files that its nodes read, by path from the root, with where they are from. */
  data: z
    .record(
      z.string(),
      z.strictObject({
        origin: z.string().optional(),
        licence: z.string().optional(),
        /** For what was computed elsewhere. */
        elsewhere: z
          .strictObject({ sha256, command: z.string(), environment: z.string() })
          .optional(),
      }),
    )
    .optional(),
  /** Where most of the time was spent. */
  runtime: runtimeRecord,
  /** ISO 8601, UTC. */
  startedAt: z.iso.datetime(),
  /** Wall time of all its nodes together, trainings included. */
  seconds,
});
export type Provenance = z.infer<typeof provenance>;

/** The envelope of every file in `public/artifacts/`. */
const artifactOf = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({
    schema: z.literal(ARTIFACT_SCHEMA),
    id: z.string().regex(/^[a-z0-9-]+$/),
    preset: z.enum(presets),
    data,
    provenance,
  });

export interface Artifact<Data> {
  schema: typeof ARTIFACT_SCHEMA;
  /** Id of the experiment. */
  id: string;
  preset: Preset;
  data: Data;
  provenance: Provenance;
}

/** Path under `public/` of an experiment's artifact. */
export const artifactPath = (id: string, preset: Preset): string =>
  `artifacts/${id}.${preset}.json`;

const REMEDY = 'run the experiment again (npm run lab -- run) or restore the committed file';
const MOST_ISSUES = 10;

/**
 * Checks a parsed JSON value against the envelope and the experiment's own data schema.
 * @param where names the file in errors
 * @throws Error listing the first paths that are wrong
 */
export function parseArtifact<Schema extends z.ZodType>(
  json: unknown,
  dataSchema: Schema,
  where = 'artifact',
): Artifact<z.infer<Schema>> {
  const result = artifactOf(dataSchema).safeParse(json);
  if (result.success) return result.data as Artifact<z.infer<Schema>>;
  const first = new z.ZodError(result.error.issues.slice(0, MOST_ISSUES));
  throw new Error(
    `${where}: expected an artifact of schema ${ARTIFACT_SCHEMA}, got\n${z.prettifyError(first)}\n${REMEDY}`,
  );
}

/** As `parseArtifact`, of a file's text. @throws Error also where that is no JSON, or nested without end */
export function readArtifactText<Schema extends z.ZodType>(
  text: string,
  dataSchema: Schema,
  where: string,
): Artifact<z.infer<Schema>> {
  try {
    return parseArtifact(JSON.parse(text), dataSchema, where);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const message = `${where}: expected an artifact, got ${error.message}; ${REMEDY}`;
    throw new Error(message, { cause: error });
  }
}
