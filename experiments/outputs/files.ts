import type { Files, NodeResult } from '../../src/lab/experiment.ts';

export const jsonFile = (name: string, value: unknown): Files => ({
  [name]: new TextEncoder().encode(JSON.stringify(value)),
});

/** Reads what `jsonFile` wrote; the writer's type is the reader's to know. */
export const readJson = <Value>({ files }: NodeResult, name: string): Value =>
  JSON.parse(new TextDecoder().decode(files[name])) as Value;
