import { LANES, SIDE } from '../../runtime/matrix-hardware.ts';

/** Rows, columns and depth of what a workgroup of 8 or 4 subgroups computes, and of what a subgroup does. */
export interface Tile {
  rows: number;
  columns: number;
  depth: number;
  subgroupRows: number;
  subgroupColumns: number;
}

export interface MatmulVariant {
  tile: Tile;
  transposeA: boolean;
  transposeB: boolean;
  bias: boolean;
  /** Products of what float16 leaves of both operands as well: float32's precision, for three times the work. */
  exact: boolean;
}

/** Groups that look for each operand's largest element. */
export const PEAK_GROUPS = 128;
export const PEAK_LANES = 256;

export const lanesOf = ({ rows, columns, subgroupRows, subgroupColumns }: Tile): number =>
  (rows / subgroupRows) * (columns / subgroupColumns) * LANES;

/** Loads ahead, past the end the last element again, so that one loop waits for four of them at once. */
const peakOf = (name: 'a' | 'b'): string => {
  const loads = [0, 1, 2, 3].map((i) => `peak(${name}[min(i + ${i}u * stride, last)])`);
  return `
    let last = sizes.of_${name} - 1u;
    for (var i = first; i <= last; i += 4u * stride) {
      most = max(most, max(max(${loads[0]}, ${loads[1]}), max(${loads[2]}, ${loads[3]})));
    }`;
};

/** Reads a and b as vectors; writes peaks [2 PEAK_GROUPS], the largest |x| that each group has seen. */
export const PEAKS_WGSL = /* wgsl */ `
var<workgroup> largest: array<f32, WORKGROUP_SIZE>;
fn peak(x: vec4f) -> f32 { let y = abs(x); return max(max(y.x, y.y), max(y.z, y.w)); }
const stride = GROUPS * WORKGROUP_SIZE;
fn run(group: u32, lane: u32) {
  var most = 0.0;
  let first = (group % GROUPS) * WORKGROUP_SIZE + lane;
  if (group < GROUPS) { ${peakOf('a')} } else { ${peakOf('b')} }
  largest[lane] = most;
  workgroupBarrier();
  for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
    if (lane < half) { largest[lane] = max(largest[lane], largest[lane + half]); }
    workgroupBarrier();
  }
  if (lane == 0u) { peaks[group] = largest[0]; }
}
`;

/** An operand as its tile lies in workgroup memory: in the order of its own rows, padded against bank conflicts. */
function operandOf(name: 'a' | 'b', { tile, ...variant }: MatmulVariant) {
  const isA = name === 'a';
  const transposed = isA ? variant.transposeA : variant.transposeB;
  const side = isA ? tile.rows : tile.columns;
  const alongDepth = isA !== transposed;
  const [rows, columns] = alongDepth ? [side, tile.depth] : [tile.depth, side];
  const count = (rows * columns) / 4 / lanesOf(tile);
  if (!Number.isInteger(count)) {
    throw new Error(`matmul: expected a tile that ${lanesOf(tile)} lanes load evenly, got ${name}`);
  }
  const stride = columns + 8;
  const size = isA ? 'sizes.m' : 'sizes.n';
  const origin = isA ? 'm0' : 'n0';
  const limits = alongDepth ? [size, 'last'] : ['last', size];
  return {
    name,
    rows,
    columns,
    stride,
    count,
    limits,
    /** Elements of a row in memory. */
    width: alongDepth ? 'sizes.k' : size,
    start: (k: string) => (alongDepth ? [origin, k] : [k, origin]),
    kind: isA ? 'left' : 'right',
    /** Row-major, where the rows in workgroup memory are those of the matrix. */
    layout: alongDepth === isA ? 'row_major' : 'col_major',
    at: (along: string, k: string) =>
      alongDepth ? `(${along}) * ${stride}u + ${k}` : `(${k}) * ${stride}u + ${along}`,
    fragments: (isA ? tile.subgroupRows : tile.subgroupColumns) / SIDE,
    along: isA ? 'row' : 'column',
  };
}
type Operand = ReturnType<typeof operandOf>;

const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('\n');

const arrays = (x: Operand, exact: boolean): string =>
  ['high', ...(exact ? ['low'] : [])]
    .map((part) => `var<workgroup> ${x.name}_${part}: array<f16, ${x.rows * x.stride}>;`)
    .join('\n');

/** The next tile, from storage into registers. */
const fetchTile = (x: Operand, k: string, lanes: number): string =>
  times(
    x.count,
    (i) => `{
    let e = lane + ${i * lanes}u;
    let r = ${x.start(k)[0]} + e / ${x.columns / 4}u;
    let c = ${x.start(k)[1]} + (e % ${x.columns / 4}u) * 4u;
    ${x.name}_next[${i}] = vec4f();
    if (r < ${x.limits[0]} && c < ${x.limits[1]}) { ${x.name}_next[${i}] = ${x.name}[(r * ${x.width} + c) / 4u]; }
  }`,
  );

/** From registers into workgroup memory, as float16 and what that leaves. */
const stageTile = (x: Operand, exact: boolean, lanes: number): string =>
  times(
    x.count,
    (i) => `{
    let e = lane + ${i * lanes}u;
    let at = (e / ${x.columns / 4}u) * ${x.stride}u + (e % ${x.columns / 4}u) * 4u;
    let scaled = ${x.name}_next[${i}] * ${x.name}_scale;
    let rounded = round_to_half(scaled);
    let high = vec4<f16>(rounded);
    ${times(4, (j) => `${x.name}_high[at + ${j}u] = high[${j}];`)}
    ${
      exact
        ? `let low = vec4<f16>(scaled - rounded);
    ${times(4, (j) => `${x.name}_low[at + ${j}u] = low[${j}];`)}`
        : ''
    }
  }`,
  );

const loadFragments = (x: Operand, part: string): string =>
  times(
    x.fragments,
    (i) =>
      `let ${x.name}_${part}_${i} = subgroupMatrixLoad<subgroup_matrix_${x.kind}<f16, ${SIDE}, ${SIDE}>, ${x.layout}>(` +
      `&${x.name}_${part}, ${x.at(`${x.along} + ${i * SIDE}u`, 'k')}, ${x.stride}u);`,
  );

function multiply(a: Operand, b: Operand, exact: boolean): string {
  const product = (partA: string, partB: string): string =>
    times(a.fragments, (i) =>
      times(
        b.fragments,
        (j) =>
          `sum_${i}_${j} = subgroupMatrixMultiplyAccumulate(a_${partA}_${i}, b_${partB}_${j}, sum_${i}_${j});`,
      ),
    );
  const rest = `${loadFragments(a, 'low')}
  ${product('low', 'high')}
  ${loadFragments(b, 'low')}
  ${product('high', 'low')}`;
  return `${loadFragments(a, 'high')}
  ${loadFragments(b, 'high')}
  ${product('high', 'high')}
  ${exact ? rest : ''}`;
}

const RESULT = `subgroup_matrix_result<f32, ${SIDE}, ${SIDE}>`;

const SCALES = /* wgsl */ `
// A power of two that brings the largest element below 2^15; 1 where that is zero or not finite.
fn scale_of(peak: f32) -> f32 {
  let exponent = (bitcast<u32>(peak) >> 23u) & 255u;
  if (exponent == 0u || exponent == 255u) { return 1.0; }
  return bitcast<f32>(clamp(268u - exponent, 87u, 167u) << 23u);
}
// To float16's ten bits, by the bits: a driver may take float32 to float16 and back for nothing, and leave nothing.
fn round_to_half(x: vec4f) -> vec4f {
  return bitcast<vec4f>((bitcast<vec4u>(x) + 0x1000u) & vec4u(0xffffe000u));
}
fn peak_of(operand: u32, lane: u32) -> f32 {
  var most = 0.0;
  for (var i = lane % ${LANES}u; i < ${PEAK_GROUPS}u; i += ${LANES}u) {
    most = max(most, peaks[operand * ${PEAK_GROUPS}u + i]);
  }
  return subgroupMax(most);
}
`;

const biasTile = (columns: number, lanes: number): string => `
  for (var i = lane; i < ${SIDE * columns}u; i += ${lanes}u) {
    let n = n0 + i % ${columns}u;
    bias_rows[i] = select(0.0, bias[min(n, sizes.n - 1u)] * a_scale * b_scale, n < sizes.n);
  }
  workgroupBarrier();`;

const biasAt = (j: number, columns: number): string =>
  ` = subgroupMatrixLoad<${RESULT}, row_major>(&bias_rows, column + ${j * SIDE}u, ${columns}u)`;

const storeSum = (i: number, j: number): string => `
  if (m0 + row + ${i * SIDE}u < sizes.m && n0 + column + ${j * SIDE}u < sizes.n) {
    subgroupMatrixStore<row_major>(&out, at + ${i * SIDE}u * sizes.n + ${j * SIDE}u,
      subgroupMatrixScalarMultiply(sum_${i}_${j}, unscale), sizes.n);
  }`;

/**
 * out [splits M N] = A B (+ bias) on subgroup matrices of float16 with float32 sums; each split has a part of K.
 * Reads a [M K] or [K M] and b [K N] or [N K] as vectors, peaks, bias? [N]. M and N are multiples of 16, and rows
 * in memory of 4. sizes: m, n, k, depth = K of a split, tiles_m, tiles_n.
 */
export function matmulWgsl(variant: MatmulVariant): string {
  const { tile, bias, exact } = variant;
  const [a, b] = [operandOf('a', variant), operandOf('b', variant)];
  const lanes = lanesOf(tile);
  const across = tile.columns / tile.subgroupColumns;
  const each = (text: (i: number, j: number) => string): string =>
    times(a.fragments, (i) => times(b.fragments, (j) => text(i, j)));
  return /* wgsl */ `
${SCALES}
${arrays(a, exact)}
${arrays(b, exact)}
${bias ? `var<workgroup> bias_rows: array<f32, ${SIDE * tile.columns}>;` : ''}
// Lanes of a subgroup follow one another, so that what depends on lane / LANES alone is uniform.
@diagnostic(off, chromium.subgroup_matrix_uniformity)
fn run(group: u32, lane: u32) {
  let tiles = sizes.tiles_m * sizes.tiles_n;
  let m0 = (group % tiles) / sizes.tiles_n * ${tile.rows}u;
  let n0 = (group % tiles) % sizes.tiles_n * ${tile.columns}u;
  let first = group / tiles * sizes.depth;
  let last = min(sizes.k, first + sizes.depth);
  let row = lane / ${LANES}u / ${across}u * ${tile.subgroupRows}u;
  let column = lane / ${LANES}u % ${across}u * ${tile.subgroupColumns}u;
  let a_scale = scale_of(peak_of(0u, lane));
  let b_scale = scale_of(peak_of(1u, lane));
  var a_next: array<vec4f, ${a.count}>;
  var b_next: array<vec4f, ${b.count}>;
  ${bias ? biasTile(tile.columns, lanes) : ''}
  ${each((i, j) => `var sum_${i}_${j}: ${RESULT}${bias ? biasAt(j, tile.columns) : ''};`)}
  ${fetchTile(a, 'first', lanes)}
  ${fetchTile(b, 'first', lanes)}
  for (var k0 = first; k0 < last; k0 += ${tile.depth}u) {
    ${stageTile(a, exact, lanes)}
    ${stageTile(b, exact, lanes)}
    workgroupBarrier();
    let ahead = k0 + ${tile.depth}u;
    ${fetchTile(a, 'ahead', lanes)}
    ${fetchTile(b, 'ahead', lanes)}
    for (var k = 0u; k < ${tile.depth}u; k += ${SIDE}u) {
      ${multiply(a, b, exact)}
    }
    workgroupBarrier();
  }
  let unscale = 1.0 / (a_scale * b_scale);
  let at = (group / tiles * sizes.m + m0 + row) * sizes.n + n0 + column;
  ${each(storeSum)}
}
`;
}
