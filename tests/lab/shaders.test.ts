import { describe, expect, it } from 'vitest';
import { hashOf } from './meaning-of.ts';
import type { Files } from './meaning-of.ts';

describe('shaders', () => {
  const shader = (text: string): Files => ({
    'main.ts': "import { wgsl } from './a.wgsl.ts'; export const run = () => wgsl(4);",
    'a.wgsl.ts': `export const wgsl = (N: number) => \`${text}\`;`,
  });

  it('count without their comments', () => {
    expect(hashOf(shader('a; // one\nb;'))).toBe(hashOf(shader('a; /* two */\n  b;')));
    expect(hashOf(shader('a; // one\nb;'))).not.toBe(hashOf(shader('a; // one\nc;')));
  });

  it('count a comment that takes an expression along', () => {
    expect(hashOf(shader('a;\n//${N} b;\n'))).not.toBe(hashOf(shader('a;\n${N} b;\n')));
    expect(hashOf(shader('a; // ${N}\n'))).not.toBe(hashOf(shader('a; ${N}\n')));
  });
});
