import type { Files, NodeContext, NodeResult } from '../../src/lab/experiment.ts';

export const jsonFile = (name: string, value: unknown): Files => ({
  [name]: new TextEncoder().encode(JSON.stringify(value)),
});

/** Reads what `jsonFile` wrote; the writer's type is the reader's to know. */
export const readJson = <Value>({ files }: NodeResult, name: string): Value =>
  JSON.parse(new TextDecoder().decode(files[name])) as Value;

/** A declared file that holds JSON. */
export const parseDatum = (data: NodeContext['data'], name: string): unknown =>
  JSON.parse(new TextDecoder().decode(data[name]));

/** Whether two values are the same data, in the same order. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
