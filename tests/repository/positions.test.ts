import { convertToTsx } from '@astrojs/astro2tsx';
import { expect, test } from 'vitest';
import { lineAndColumn, offsetOf, originalOffset } from '../../scripts/lib/positions.mjs';

test('positions in converted .astro code lead back to the source', () => {
  const source = '---\nconst wrong: number = 1;\n---\n\n<p class="x">{wrong.foo}</p>\n';
  const { code, mappings } = convertToTsx(source, { filename: 'A.astro', ambientTypes: true });
  for (const word of ['wrong: number', 'foo']) {
    const there = lineAndColumn(code, code.indexOf(word));
    const back = originalOffset(mappings as number[][], offsetOf(code, there));
    expect(source.slice(back, back + word.length)).toBe(word);
  }
});

test('lines and columns count from 1', () => {
  expect(lineAndColumn('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
  expect(offsetOf('ab\ncd', { line: 2, column: 2 })).toBe(4);
});
