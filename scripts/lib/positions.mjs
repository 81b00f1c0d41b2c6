/** @typedef {{ line: number, column: number }} Position counted from 1 */

/** @param {string} text @param {number} offset @returns {Position} */
export function lineAndColumn(text, offset) {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** @param {string} text @param {Position} position */
export function offsetOf(text, { line, column }) {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
}

/**
 * Where a character of converted code stood in the source.
 * @param {readonly (readonly number[])[]} mappings spans
 *   [start in code, length in code, start in source, length in source], ordered
 * @param {number} offset in the code
 * @returns {number} offset in the source; for code that has no source, the end of what came before
 */
export function originalOffset(mappings, offset) {
  const span = mappings.findLast(([start = 0]) => start <= offset);
  const [start = 0, , source = 0, sourceLength = 0] = span ?? [];
  return source + Math.min(offset - start, sourceLength);
}
