type Setting = readonly [path: string, value: string];

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join(', ') || 'none' : String(value);

/**
 * The leaves of an artifact's parameters by dotted path, in their order.
 * @param leaveOut first parts of paths that are not wanted
 */
export function settingRows(
  parameters: unknown,
  leaveOut: readonly string[] = [],
  path = '',
): Setting[] {
  if (!isTree(parameters)) return path ? [[path, text(parameters)]] : [];
  const entries = Object.entries(parameters);
  if (entries.length === 0 && path) return [[path, 'as the models']];
  return entries
    .filter(([name]) => path !== '' || !leaveOut.includes(name))
    .flatMap(([name, value]) => settingRows(value, [], path ? `${path}.${name}` : name));
}
