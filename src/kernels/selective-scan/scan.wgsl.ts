import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * The scan in WGSL, parallel over prompts, chunks of at most CHUNK tokens and channels. A chunk takes the state h
 * before it to exp(A ΣΔ) h + e, where e is the state it reaches from zero. So three passes: the `summary` of
 * each chunk (ΣΔ and e), `propagate` from chunk to chunk, and the chunk again from the state that is now
 * known. The gradient of the state obeys the same rule backwards and goes through the same passes.
 *
 * A lane has one channel and BLOCK states at a time in registers, so that neither L nor N has a limit; the lanes
 * of a workgroup share a chunk's B and C.
 * Constants: CHANNELS = D, STATES = N, TILE, BLOCK, CHUNK. `sizes` has length = L, chunks, tokens of a chunk, and where
 * the parts of `scratch` begin: one buffer, because eight is all that WebGPU promises. Its parts:
 * B [B L N], C [B L N], A [D N], D? [D], deltaBias? [D], initialState? [B D N], steps [B chunks D] (ΣΔ),
 * starts [B chunks N D] (e, then the state before the chunk) and, for the gradient, ends (likewise of the
 * gradient after the chunk), parts [2 tiles B L N] of dB and dC, sums [B chunks D (N + 2)] of dA, dD and
 * dBias, and dInitial? [B D N].
 */
export interface ScanVariant {
  D: boolean;
  z: boolean;
  deltaBias: boolean;
  deltaSoftplus: boolean;
  initialState: boolean;
  /** The gradient keeps the states between chunks in half precision (op.ts). */
  halfStates: boolean;
  /** N */
  states: number;
}

/** Most tokens of a chunk. */
export const CHUNK = 16;
/** Chunks that `propagate` reads ahead. */
const AHEAD = 8;

/** BLOCK: states that a lane holds at a time, at most `most`. */
export const blockOf = ({ states }: ScanVariant, most: number): number => Math.min(states, most);

export const repeated = (count: number, body: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => body(n)).join('\n');

/** `body` for every state n of a block; n is constant, so that arrays over states can be registers. */
const eachState = (variant: ScanVariant, most: number, body: string): string => {
  const block = blockOf(variant, most);
  const guard = variant.states % block === 0 ? '' : 'if (first + n < STATES) ';
  return repeated(block, (n) => `{ const n = ${n}u; ${guard}{ ${body} } }`);
};

const FLOATS = /* wgsl */ `
fn fetch(i: u32) -> f32 { return scratch[i]; }
fn store(i: u32, x: f32) { scratch[i] = x; }
fn start_of(at: u32) -> f32 { return scratch[sizes.at_starts + at]; }
fn end_of(at: u32) -> f32 { return scratch[sizes.at_ends + at]; }
fn set_start(at: u32, x: f32) { scratch[sizes.at_starts + at] = x; }
fn set_end(at: u32, x: f32) { scratch[sizes.at_ends + at] = x; }
`;

/** The state before and the gradient after a chunk share a word, which one invocation at a time owns. */
const HALVES = /* wgsl */ `
fn fetch(i: u32) -> f32 { return bitcast<f32>(scratch[i]); }
fn store(i: u32, x: f32) { scratch[i] = bitcast<u32>(x); }
fn pair(at: u32) -> vec2f { return unpack2x16float(scratch[sizes.at_starts + at]); }
fn set_pair(at: u32, x: vec2f) { scratch[sizes.at_starts + at] = pack2x16float(x); }
fn start_of(at: u32) -> f32 { return pair(at).x; }
fn end_of(at: u32) -> f32 { return pair(at).y; }
fn set_start(at: u32, x: f32) { set_pair(at, vec2f(x, pair(at).y)); }
fn set_end(at: u32, x: f32) { set_pair(at, vec2f(pair(at).x, x)); }
`;

/** Access to scratch, and where it has the states of a chunk. */
const scratchWgsl = (halfStates: boolean): string => /* wgsl */ `
${MATH_WGSL}
${halfStates ? HALVES : FLOATS}
fn state_at(piece: u32, s: u32, d: u32) -> u32 { return (piece * STATES + s) * CHANNELS + d; }
`;

/** What differs between the variants, as functions, and the places of a chunk and its states. */
export const variantWgsl = (variant: ScanVariant): string => /* wgsl */ `
${scratchWgsl(variant.halfStates)}
const TILES = (CHANNELS + TILE - 1u) / TILE;
// Of the lane's channel.
var<private> bias: f32;
var<private> skip: f32;

fn choose_channel(d: u32) {
  bias = ${variant.deltaBias ? 'fetch(sizes.at_bias + d)' : '0.0'};
  skip = ${variant.D ? 'fetch(sizes.at_d + d)' : '0.0'};
}
fn raw_delta(i: u32) -> f32 { return delta[i]${variant.deltaBias ? ' + bias' : ''}; }
fn step_size(raw: f32) -> f32 { return ${variant.deltaSoftplus ? 'softplus(raw)' : 'raw'}; }
fn step_slope(raw: f32) -> f32 { return ${variant.deltaSoftplus ? 'sigmoid(raw)' : '1.0'}; }
fn gate(i: u32) -> f32 { return ${variant.z ? 'silu(z[i])' : '1.0'}; }

// The chunk-th chunk of prompt b is piece b · chunks + chunk.
struct Piece { index: u32, tile: u32, first_row: u32, count: u32 }

fn piece_of(group: u32) -> Piece {
  let index = group / TILES;
  let tile = group % TILES;
  let start = index % sizes.chunks * sizes.tokens;
  let first_row = index / sizes.chunks * sizes.length + start;
  let count = min(sizes.tokens, sizes.length - start);
  return Piece(index, tile, first_row, count);
}
`;

/** B, and C if need be, of a chunk and a block of states, in memory that the workgroup shares. */
export const stageWgsl = (withC: boolean): string => /* wgsl */ `
var<workgroup> rows_b: array<array<f32, BLOCK>, CHUNK>;
${withC ? 'var<workgroup> rows_c: array<array<f32, BLOCK>, CHUNK>;' : ''}
fn stage(piece: Piece, lane: u32, first: u32) {
  workgroupBarrier();
  for (var k = lane; k < piece.count * BLOCK; k += WORKGROUP_SIZE) {
    let t = k / BLOCK;
    let n = k % BLOCK;
    let inside = first + n < STATES;
    let at = select(0u, (piece.first_row + t) * STATES + first + n, inside);
    rows_b[t][n] = select(0.0, fetch(at), inside);
    ${withC ? 'rows_c[t][n] = select(0.0, fetch(sizes.at_c + at), inside);' : ''}
  }
  workgroupBarrier();
}
`;

/** Calls `pass` for the workgroup's chunk and each of its channels, block by block of states. */
const runWgsl = (pass: string): string => /* wgsl */ `
fn run(group: u32, lane: u32) {
  let piece = piece_of(group);
  let d = piece.tile * TILE + lane;
  for (var first = 0u; first < STATES; first += BLOCK) {
    stage(piece, lane, first);
    if (d < CHANNELS) { ${pass}(piece, d, first); }
  }
}
`;

/** Reads u, delta; for the gradient also z?, d_out. Fills steps, and in starts and ends what a chunk adds. */
export const summaryWgsl = (variant: ScanVariant, most: number, forGradient: boolean): string => {
  const each = (body: string): string => eachState(variant, most, body);
  const back = 'product[n] *= decay; carry[n] += product[n] * g * c[n];';
  return /* wgsl */ `
${variantWgsl({ ...variant, z: variant.z && forGradient })}
${stageWgsl(forGradient)}
fn summarize(piece: Piece, d: u32, first: u32) {
  choose_channel(d);
  var a = array<f32, BLOCK>();
  var h = array<f32, BLOCK>();
  var product = array<f32, BLOCK>();
  var carry = array<f32, BLOCK>();
  ${each('a[n] = fetch(sizes.at_a + d * STATES + first + n); product[n] = 1.0;')}
  var steps = 0.0;
  for (var t = 0u; t < piece.count; t++) {
    let i = (piece.first_row + t) * CHANNELS + d;
    let dt = step_size(raw_delta(i));
    let drive = dt * u[i];
    let b = rows_b[t];
    ${forGradient ? 'let c = rows_c[t]; let g = d_out[i] * gate(i);' : ''}
    steps += dt;
    ${each(`
      let decay = exp_of(dt * a[n]);
      h[n] = decay * h[n] + drive * b[n];
      ${forGradient ? back : ''}`)}
  }
  store(sizes.at_steps + piece.index * CHANNELS + d, steps);
  ${each(`
    let at = state_at(piece.index, first + n, d);
    set_start(at, h[n]);
    ${forGradient ? 'set_end(at, carry[n]);' : ''}`)}
}
${runWgsl('summarize')}`;
};

/** From chunk to chunk, the k-th of which is `chunk`: takes h along and leaves what it was in starts or ends. */
const sweepWgsl = (which: 'start' | 'end', chunk: string): string => {
  const eachAhead = (text: string): string =>
    repeated(
      AHEAD,
      (n) => /* wgsl */ `{
      const n = ${n}u;
      let k = first + n;
      if (k < sizes.chunks) {
        let piece = b * sizes.chunks + ${chunk};
        ${text}
      }
    }`,
    );
  return /* wgsl */ `
  for (var first = 0u; first < sizes.chunks; first += ${AHEAD}u) {
    var added = array<f32, ${AHEAD}>();
    var decay = array<f32, ${AHEAD}>();
    ${eachAhead(`added[n] = ${which}_of(state_at(piece, s, d));
        decay[n] = exp_of(a * fetch(sizes.at_steps + piece * CHANNELS + d));`)}
    ${eachAhead(`set_${which}(state_at(piece, s, d), h);
        h = decay[n] * h + added[n];`)}
  }
`;
};

/** Turns what chunks add into what they start from; writes last_state, or the gradient's ends and dInitial?. */
export const propagateWgsl = (
  { initialState, halfStates }: ScanVariant,
  forGradient: boolean,
): string => /* wgsl */ `
${scratchWgsl(halfStates)}
fn run(group: u32, lane: u32) {
  let column = group * WORKGROUP_SIZE + lane;
  let d = column % CHANNELS;
  let s = column / CHANNELS % STATES;
  let b = column / (CHANNELS * STATES);
  if (b >= sizes.batch) { return; }
  let a = fetch(sizes.at_a + d * STATES + s);
  let at_state = (b * CHANNELS + d) * STATES + s;
  var h = ${initialState ? 'fetch(sizes.at_initial + at_state)' : '0.0'};
  ${sweepWgsl('start', 'k')}
  ${forGradient ? propagateBack(initialState) : 'last_state[at_state] = h;'}
}
`;

const propagateBack = (initialState: boolean): string => /* wgsl */ `
  h = 0.0;
  ${sweepWgsl('end', 'sizes.chunks - 1u - k')}
  ${initialState ? 'store(sizes.at_d_initial + at_state, h);' : ''}
`;

/** Reads u, delta, z?; with the states before each chunk in scratch, writes out. */
export const forwardWgsl = (variant: ScanVariant, most: number): string => {
  const each = (body: string): string => eachState(variant, most, body);
  return /* wgsl */ `
${variantWgsl(variant)}
${stageWgsl(true)}
fn scan(piece: Piece, d: u32, first: u32) {
  choose_channel(d);
  var a = array<f32, BLOCK>();
  var h = array<f32, BLOCK>();
  ${each(`
    a[n] = fetch(sizes.at_a + d * STATES + first + n);
    h[n] = start_of(state_at(piece.index, first + n, d));`)}
  for (var t = 0u; t < piece.count; t++) {
    let i = (piece.first_row + t) * CHANNELS + d;
    let dt = step_size(raw_delta(i));
    let x = u[i];
    let drive = dt * x;
    let b = rows_b[t];
    let c = rows_c[t];
    var y = 0.0;
    ${each('h[n] = exp_of(dt * a[n]) * h[n] + drive * b[n]; y += h[n] * c[n];')}
    if (first > 0u) { y += out[i]; }
    if (first + BLOCK >= STATES) { y = (y + skip * x) * gate(i); }
    out[i] = y;
  }
}
${runWgsl('scan')}`;
};
