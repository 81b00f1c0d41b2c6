import type { RandomStream } from '../../../src/numerics/random.ts';
import { inType, nodesIn, parse, pick, shuffled, splice, textOf } from './source.ts';
import type { Found, Source, Splice, Syntax } from './source.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '**': '*',
  '%': '*',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '??': '||',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
};

const FUNCTIONS: Readonly<Record<string, string>> = {
  max: 'min',
  min: 'max',
  floor: 'ceil',
  ceil: 'floor',
  sin: 'cos',
  cos: 'sin',
  add: 'sub',
  sub: 'add',
  mul: 'add',
};

const swap = (source: Source, [a, b]: readonly Syntax[]): Splice[] =>
  !a || !b || textOf(source, a) === textOf(source, b)
    ? []
    : [
        { start: a.start, end: a.end, text: textOf(source, b) },
        { start: b.start, end: b.end, text: textOf(source, a) },
      ];

/** Another number, flag or string. */
function otherLiteral({ value }: Syntax, random: RandomStream): string | undefined {
  if (typeof value === 'number')
    return String(random.uniform() < 0.7 ? value + 1 : value * 1.5 + 0.25);
  if (typeof value === 'boolean') return String(!value);
  return typeof value === 'string' && random.uniform() < 0.3
    ? JSON.stringify(`${value}q`)
    : undefined;
}

/** One piece of code made to mean something else; nothing where it offers none. */
function mutated(source: Source, { syntax }: Found, random: RandomStream): Splice[] {
  const { type, start, end } = syntax;
  const [left, right] = [syntax['left'], syntax['right']] as (Syntax | undefined)[];
  if (type === 'Literal') {
    const text = otherLiteral(syntax, random);
    return text === undefined ? [] : [{ start, end, text }];
  }
  if (/^(Binary|Logical|Assignment)Expression$/.test(type) && left && right) {
    const operator = syntax['operator'] as string;
    const [at, other] = [source.text.indexOf(operator, left.end), OPERATORS[operator]];
    return other && at < right.start ? [{ start: at, end: at + operator.length, text: other }] : [];
  }
  if (type === 'UnaryExpression' && /[-!]/.test(String(syntax['operator'])))
    return [{ start, end: start + 1, text: syntax['operator'] === '!' ? '!!' : '+' }];
  if (type === 'ConditionalExpression')
    return swap(source, [syntax['consequent'], syntax['alternate']] as Syntax[]);
  if (type === 'CallExpression') return swap(source, syntax['arguments'] as Syntax[]);
  if (type === 'ArrayExpression')
    return swap(source, shuffled(syntax['elements'] as Syntax[], random));
  if (type === 'ObjectExpression')
    return swap(source, shuffled(syntax['properties'] as Syntax[], random));
  if (type === 'MemberExpression' && syntax['computed'] !== true) {
    const property = syntax['property'] as Syntax;
    const other = FUNCTIONS[String(property['name'])];
    return other ? [{ ...property, text: other }] : [];
  }
  return [];
}

const isSpoken = ({ syntax, outer }: Found): boolean =>
  [syntax, ...outer].some(({ type }) => /^(Throw|Import|Export(All|Default))/.test(type)) ||
  (syntax.type === 'Literal' && outer[0]?.['source'] === syntax);

/** Changes one constant, operator, order or string of TypeScript or JavaScript. */
export function mutateTypeScript(
  path: string,
  text: string,
  random: RandomStream,
): string | undefined {
  const source = parse(path, text);
  const places = nodesIn(source).filter((found) => !inType(found) && !isSpoken(found));
  for (let tries = 0; tries < 200; tries++) {
    const place = pick(places, random);
    const splices = place ? mutated(source, place, random) : [];
    if (splices.length > 0) return splice(text, splices);
  }
  return undefined;
}

const ASSEMBLY: readonly [RegExp, (found: string, random: RandomStream) => string][] = [
  [
    /(?<![\w.])\d+(\.\d+)?(?![\w.])/g,
    (found, random) => String(Number(found) + 1 + random.integer(2)),
  ],
  [/ (\+|-|\*|\/|<|<=) /g, (found) => ` ${OPERATORS[found.trim()]} `],
  [/(?<=f32x4\.)(add|sub|mul|max|min)\b/g, (found) => FUNCTIONS[found]!],
];

/** Changes one number or operator of a kernel, comments left as they are. */
export function mutateAssemblyScript(text: string, random: RandomStream): string | undefined {
  const blank = text.replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*/g, (comment) =>
    ' '.repeat(comment.length),
  );
  const places = ASSEMBLY.flatMap(([pattern, other]) =>
    [...blank.matchAll(pattern)].map(({ index, 0: found }) => ({ index, found, other })),
  );
  const place = pick(places, random);
  if (!place) return undefined;
  const { index, found, other } = place;
  return splice(text, [{ start: index, end: index + found.length, text: other(found, random) }]);
}
