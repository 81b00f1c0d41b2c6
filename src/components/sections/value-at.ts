/**
 * The number at a dotted path of an artifact, such as `data.prompts` or `data.k.0`.
 * @throws Error naming the sentence and the first part of the path that is not there
 */
export function valueAt(artifact: unknown, path: string, where: string): number {
  let value = artifact;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !(part in value)) {
      throw new Error(
        `${where}: expected ${part} in the artifact, got none; correct the path ${path}`,
      );
    }
    value = (value as Record<string, unknown>)[part];
  }
  if (typeof value === 'number') return value;
  throw new Error(`${where}: expected a number at ${path}, got ${typeof value}; correct the path`);
}
