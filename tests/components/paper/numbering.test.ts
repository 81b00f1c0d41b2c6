import { expect, test } from 'vitest';
import { bareNumbers } from '../../../src/components/paper/bare-numbers.ts';
import { citationsIn } from '../../../src/components/citations/cited.ts';
import { numberAnchors } from '../../../src/components/paper/numbering.ts';

const section = (id: string, kind: 'front' | 'body' | 'appendix', body: string) => ({
  id,
  title: id.toUpperCase(),
  kind,
  body,
});

const PAPER = [
  section('abstract', 'front', '<Figure id="zero">\nA caption.\n</Figure>'),
  section(
    'one',
    'body',
    `$$ first
x
$$

### What $x$ is

<Table id="t" caption="c">

| a | b |
| - | - |
| 1 | 2 |

</Table>

<Diagram id="d" description="d">c</Diagram>

### Then`,
  ),
  section('two', 'body', '<LiveFigure id="live">c</LiveFigure>\n\n$$\ny\n$$\n\n$$ second\nz\n$$'),
  section('more', 'appendix', '### Inside\n\n#### Deep'),
  section('last', 'appendix', ''),
];

test('everything is numbered in the order of reading', () => {
  const labels = [...numberAnchors(PAPER)].map(([id, { label }]) => `${id}: ${label}`);
  expect(labels).toEqual([
    'abstract: ABSTRACT',
    'fig-zero: Figure 1',
    'one: Section 1',
    'eq-first: Equation 1',
    'one-what-x-is: Section 1.1',
    'tab-t: Table 1',
    'fig-d: Figure 2',
    'one-then: Section 1.2',
    'two: Section 2',
    'fig-live: Figure 3',
    'eq-second: Equation 2',
    'more: Appendix A',
    'more-inside: Section A.1',
    'last: Appendix B',
  ]);
});

test('what waits for an experiment that is not run has no number', () => {
  const waiting = section(
    'wait',
    'body',
    '<WhenRun of="a b">\n\n<Figure id="f">c</Figure>\n\n</WhenRun>\n\n<Figure id="g">c</Figure>',
  );
  const idsIf = (run: readonly string[]) => [
    ...numberAnchors([waiting], (id) => run.includes(id)).keys(),
  ];
  expect(idsIf(['a'])).toEqual(['wait', 'fig-g']);
  expect(idsIf(['a', 'b'])).toEqual(['wait', 'fig-f', 'fig-g']);
});

test('an address that occurs twice names its file', () => {
  const twice = section('three', 'body', '<Figure id="live">c</Figure>');
  expect(() => numberAnchors([...PAPER, twice])).toThrow(/content\/three\.mdx.*fig-live once/);
});

test.each([
  ['The error is 0.3 here.', ['The error is 0.3 here.']],
  ['**It fell to 4** of 5.', ['It fell to 4', 'of 5.']],
  ['- a list\n- of 2 items', ['of 2 items']],
  ['<Note>with 7 of them</Note>', ['with 7 of them']],
  ['> in figure 1a', ['in figure 1a']],
])('%j holds bare numbers', (body, found) => {
  expect(bareNumbers(body)).toEqual(found);
});

test.each([
  'It is $2d$ or `k = 3`.',
  '$$\n10\n$$',
  '<Given from="x">40</Given> and <Cite of="garg2022" />.',
  '<Value of="a" path="data.k.0" /> prompts',
  'GPT-2, RWKV-4, S4D and Mamba-2.',
  'None at all.',
])('%j holds none', (body) => {
  expect(bareNumbers(body)).toEqual([]);
});

test('what waits for an experiment cites nothing, and words are no keys', () => {
  const bodies = [
    '<WhenRun of="x">\n\n<Cite of="a" />\n\n</WhenRun>\n\n<Cite of=" b  c " textual /> <Given from="a talk">2</Given>',
  ];
  expect(citationsIn(bodies, () => false)).toEqual([{ of: 'b c', textual: true }]);
});

test('what is cited, or gives a number, is listed', () => {
  const bodies = ['<Cite of="a b" />', '<Given from="c, figure 2">1</Given> x <Cite of="b" />'];
  const citations = citationsIn(bodies);
  expect([...new Set(citations.flatMap(({ of }) => of.split(' ')))]).toEqual(['a', 'b', 'c']);
  expect(citations).toContainEqual({ of: 'c', textual: false });
});
