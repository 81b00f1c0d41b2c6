import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * Causal attention, a workgroup for LANES queries (or keys) of one head: each lane keeps its own in registers,
 * while the keys and values (or the queries) that it meets pass through workgroup memory, ROWS at a time.
 * Constants: HEADS; sizes.length = L; sizes.scale = 1/sqrt(head dimension).
 */
export const LANES = 32;

/** Whether heads are read as vectors of four. */
export const inVectors = (head: number): boolean => head % 4 === 0;

const partsOf = (head: number): number => (inVectors(head) ? head / 4 : head);

/** WebGPU's default limit holds two heads and up to four floats more for each row. */
const rowsOf = (head: number): number =>
  Math.max(1, Math.min(32, Math.floor(16384 / (4 * (2 * head + 4)))));

const UNROLLED = 16;

/** A statement for each part of a head; written out, because not all compilers keep an array in registers otherwise. */
function each(head: number, text: (c: string) => string): string {
  const parts = partsOf(head);
  if (parts > UNROLLED) return `for (var c = 0u; c < PARTS; c++) { ${text('c')} }`;
  return Array.from({ length: parts }, (_, c) => text(`${c}`)).join('\n');
}

/** The lane's own head times that of `row`. */
const dotText = (head: number, name: string, own: string, staged: string): string => `
      var ${name}_parts = Part();
      ${each(head, (c) => `${name}_parts += ${own}[${c}] * ${staged}[row][${c}];`)}
      let ${name} = sum_of(${name}_parts);`;

const commonWgsl = (head: number): string => /* wgsl */ `
${MATH_WGSL}
alias Part = ${inVectors(head) ? 'vec4f' : 'f32'};
const PARTS = ${partsOf(head)}u;
const ROWS = ${rowsOf(head)}u;
alias Head = array<Part, PARTS>;

fn sum_of(x: Part) -> f32 { return ${inVectors(head) ? '(x.x + x.y) + (x.z + x.w)' : 'x'}; }

// A head of a prompt, and the first query (or key) of the workgroup.
struct Place { b: u32, head: u32, first: u32 }

fn place_of(group: u32) -> Place {
  let tiles = (sizes.length + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
  let pair = group / tiles;
  return Place(pair / HEADS, pair % HEADS, group % tiles * WORKGROUP_SIZE);
}

// Where a head's query (part 0), key (1) or value (2) begins in qkv.
fn qkv_at(part: u32, p: Place, t: u32) -> u32 {
  return (((p.b * sizes.length + t) * 3u + part) * HEADS + p.head) * PARTS;
}

fn out_at(p: Place, t: u32) -> u32 {
  return ((p.b * sizes.length + t) * HEADS + p.head) * PARTS;
}

fn stats_at(p: Place, t: u32) -> u32 {
  return ((p.b * HEADS + p.head) * sizes.length + t) * 2u;
}
`;

const keysWgsl = (head: number): string => /* wgsl */ `
${commonWgsl(head)}
var<workgroup> keys: array<Head, ROWS>;
var<workgroup> values: array<Head, ROWS>;

fn stage(p: Place, s0: u32, lane: u32) {
  workgroupBarrier();
  for (var i = lane; i < ROWS * PARTS; i += WORKGROUP_SIZE) {
    let s = s0 + i / PARTS;
    if (s < sizes.length) {
      keys[i / PARTS][i % PARTS] = qkv[qkv_at(1u, p, s) + i % PARTS];
      values[i / PARTS][i % PARTS] = qkv[qkv_at(2u, p, s) + i % PARTS];
    }
  }
  workgroupBarrier();
}

var<private> largest: f32;
var<private> total: f32;
struct Step { shrink: f32, weight: f32 }

// The softmax over keys as they come, with the running maximum (Milakov & Gimelshein 2018).
fn weigh(score: f32, first: bool) -> Step {
  if (first) { largest = score; }
  let shrink = select(1.0, exp_of(largest - score), score > largest);
  if (score > largest) { largest = score; }
  let weight = exp_of(score - largest);
  total = total * shrink + weight;
  return Step(shrink, weight);
}
`;

/** `body` for each key s that query t sees; `row` is where it lies. */
const overKeys = (body: string): string => `
  for (var s0 = 0u; s0 < min(p.first + WORKGROUP_SIZE, sizes.length); s0 += ROWS) {
    stage(p, s0, lane);
    for (var s = s0; s < min(s0 + ROWS, end); s++) {
      let row = s - s0;
      ${body}
    }
  }`;

/** A lane past the end sees no keys, but takes part in loads. */
const QUERY_OF_LANE = `
  let p = place_of(group);
  let t = min(p.first + lane, sizes.length - 1u);
  let exists = p.first + lane < sizes.length;
  let end = select(0u, t + 1u, exists);
  let query_at = qkv_at(0u, p, t);
  let at = out_at(p, t);`;

/** Reads qkv; writes out. */
export const forwardWgsl = (head: number): string => /* wgsl */ `
${keysWgsl(head)}
fn run(group: u32, lane: u32) {
  ${QUERY_OF_LANE}
  var query: Head;
  var mixed: Head;
  ${each(head, (c) => `query[${c}] = qkv[query_at + ${c}];`)}
  ${overKeys(`
      ${dotText(head, 'score', 'query', 'keys')}
      let step = weigh(score * sizes.scale, s == 0u);
      ${each(head, (c) => `mixed[${c}] = mixed[${c}] * step.shrink + step.weight * values[row][${c}];`)}
  `)}
  if (!exists) { return; }
  ${each(head, (c) => `out[at + ${c}] = mixed[${c}] / total;`)}
}
`;

const PAIR_WGSL = /* wgsl */ `
struct Pair { probability: f32, d_score: f32 }

// The probability with which a query looks at a key, and the gradient of its score.
fn pair_of(score: f32, d_probability: f32, of_query: vec2f) -> Pair {
  let probability = exp_of(score * sizes.scale - of_query.x);
  return Pair(probability, probability * (d_probability - of_query.y) * sizes.scale);
}
`;

/**
 * Reads d_out, qkv; writes the queries' part of dqkv, and stats [B heads L 2]: log of the softmax's divisor,
 * and dOut · out.
 */
export const queryGradientWgsl = (head: number): string => /* wgsl */ `
${keysWgsl(head)}
${PAIR_WGSL}
fn run(group: u32, lane: u32) {
  ${QUERY_OF_LANE}
  var query: Head;
  var from_out: Head;
  var d_query: Head;
  ${each(head, (c) => `query[${c}] = qkv[query_at + ${c}]; from_out[${c}] = d_out[at + ${c}];`)}
  var product = 0.0;
  ${overKeys(`
      ${dotText(head, 'score', 'query', 'keys')}
      ${dotText(head, 'd_probability', 'from_out', 'values')}
      let step = weigh(score * sizes.scale, s == 0u);
      product = product * step.shrink + step.weight * d_probability;
  `)}
  let of_query = vec2f(largest + log(total), product / total);
  ${overKeys(`
      ${dotText(head, 'score', 'query', 'keys')}
      ${dotText(head, 'd_probability', 'from_out', 'values')}
      let pair = pair_of(score, d_probability, of_query);
      ${each(head, (c) => `d_query[${c}] += pair.d_score * keys[row][${c}];`)}
  `)}
  if (!exists) { return; }
  ${each(head, (c) => `dqkv[query_at + ${c}] = d_query[${c}];`)}
  stats[stats_at(p, t)] = of_query.x;
  stats[stats_at(p, t) + 1u] = of_query.y;
}
`;

const queriesWgsl = (head: number): string => /* wgsl */ `
${commonWgsl(head)}
var<workgroup> queries: array<Head, ROWS>;
var<workgroup> from_outs: array<Head, ROWS>;
var<workgroup> of_queries: array<vec2f, ROWS>;

fn stage(p: Place, t0: u32, lane: u32) {
  workgroupBarrier();
  for (var i = lane; i < ROWS * PARTS; i += WORKGROUP_SIZE) {
    let t = t0 + i / PARTS;
    if (t < sizes.length) {
      queries[i / PARTS][i % PARTS] = qkv[qkv_at(0u, p, t) + i % PARTS];
      from_outs[i / PARTS][i % PARTS] = d_out[out_at(p, t) + i % PARTS];
    }
  }
  for (var row = lane; row < min(ROWS, sizes.length - t0); row += WORKGROUP_SIZE) {
    let at = stats_at(p, t0 + row);
    of_queries[row] = vec2f(stats[at], stats[at + 1u]);
  }
  workgroupBarrier();
}
`;

/** Reads d_out, qkv, stats; writes the keys' and values' parts of dqkv. */
export const keyValueGradientWgsl = (head: number): string => /* wgsl */ `
${queriesWgsl(head)}
${PAIR_WGSL}
fn run(group: u32, lane: u32) {
  let p = place_of(group);
  let s = p.first + lane;
  let key_at = qkv_at(1u, p, min(s, sizes.length - 1u));
  let value_at = qkv_at(2u, p, min(s, sizes.length - 1u));
  var key: Head;
  var value: Head;
  var d_key: Head;
  var d_value: Head;
  ${each(head, (c) => `key[${c}] = qkv[key_at + ${c}]; value[${c}] = qkv[value_at + ${c}];`)}
  for (var t0 = p.first; t0 < sizes.length; t0 += ROWS) {
    stage(p, t0, lane);
    for (var row = 0u; row < min(ROWS, sizes.length - t0); row++) {
      if (t0 + row < s) { continue; }
      ${dotText(head, 'score', 'key', 'queries')}
      ${dotText(head, 'd_probability', 'value', 'from_outs')}
      let pair = pair_of(score, d_probability, of_queries[row]);
      ${each(head, (c) => `d_key[${c}] += pair.d_score * queries[row][${c}];`)}
      ${each(head, (c) => `d_value[${c}] += pair.probability * from_outs[row][${c}];`)}
    }
  }
  if (s >= sizes.length) { return; }
  ${each(head, (c) => `dqkv[key_at + ${c}] = d_key[${c}]; dqkv[value_at + ${c}] = d_value[${c}];`)}
}
`;
