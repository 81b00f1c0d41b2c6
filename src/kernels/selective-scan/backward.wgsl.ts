import { channelSumsWgsl } from './channel-sums.wgsl.ts';
import { repeated, stageWgsl, variantWgsl } from './scan.wgsl.ts';
import type { ScanVariant } from './scan.wgsl.ts';

/** States of a lane in the gradient's last pass, and most lanes of a channel. */
export const SHARE = 4;
export const MOST_SHARES = 4;

/**
 * The gradient's last pass; layout in scan.wgsl.ts. Reads u, delta, z?, d_out, and in scratch the state before
 * and the gradient after each chunk; writes du, ddelta, dz?, and in scratch the partial sums.
 *
 * A workgroup has TILE channels of a chunk; SHARES lanes have a channel's states, SHARE each and BLOCK together,
 * and go on to the next BLOCK where there are more. What lies outside the channels or the states is zero and adds
 * nothing. A lane walks its chunk back span by span, replayed from the state before the span, which `marks` keeps
 * from a first walk forward. The states before each of a span's tokens are values of their own, not an array
 * indexed by token, which would lie outside the registers. SPAN = `span` divides CHUNK.
 */
export const backwardWgsl = (variant: ScanVariant, span: number): string =>
  [
    variantWgsl(variant),
    stageWgsl(true),
    CHANNELS_WGSL,
    ADVANCE_WGSL,
    channelSumsWgsl(variant.z),
    STEP_BACK_WGSL,
    walkWgsl(span),
    finishWgsl(variant.z),
    RUN_WGSL,
  ].join('\n');

const each = (body: string): string => repeated(SHARE, (n) => `{ const n = ${n}u; ${body} }`);

const CHANNELS_WGSL = /* wgsl */ `
struct Lane { index: u32, c: u32, share: u32, d: u32, inside: bool }

// Of a chunk: the step sizes, u, and the gradient of y before the gate.
var<workgroup> step_of: array<array<f32, TILE>, CHUNK>;
var<workgroup> input_of: array<array<f32, TILE>, CHUNK>;
var<workgroup> pull_of: array<array<f32, TILE>, CHUNK>;

fn stage_channels(piece: Piece, own: Lane) {
  for (var t = own.share; t < piece.count; t += SHARES) {
    let i = (piece.first_row + t) * CHANNELS + own.d;
    var step = 0.0;
    var x = 0.0;
    var g = 0.0;
    if (own.inside) {
      step = step_size(raw_delta(i));
      x = u[i];
      g = d_out[i] * gate(i);
    }
    step_of[t][own.c] = step;
    input_of[t][own.c] = x;
    pull_of[t][own.c] = g;
  }
}
`;

const ADVANCE_WGSL = /* wgsl */ `
alias States = array<f32, SHARE>;
// A / ln 2, as powers of two are what the hardware has.
var<private> a: States;
var<private> h: States;
var<private> carry: States;
var<private> d_a: States;
var<private> marks: array<States, CHUNK / SPAN>;
const LN_2 = 0.6931471805599453;

fn power_of_two(x: f32) -> f32 { return select(exp2(x), x, is_nan(x)); }

fn advance(own: Lane, t: u32) {
  let dt = step_of[t][own.c];
  let drive = dt * input_of[t][own.c];
  let at = own.share * SHARE;
  ${each('h[n] = power_of_two(dt * a[n]) * h[n] + drive * rows_b[t][at + n];')}
}

// Leaves the states before every span in marks.
fn enter(piece: Piece, own: Lane, first: u32) {
  ${each(`
  a[n] = 0.0;
  h[n] = 0.0;
  carry[n] = 0.0;
  d_a[n] = 0.0;
  let s = first + own.share * SHARE + n;
  if (own.inside && s < STATES) {
    let at = state_at(piece.index, s, own.d);
    a[n] = fetch(sizes.at_a + own.d * STATES + s) / LN_2;
    h[n] = start_of(at);
    carry[n] = end_of(at);
  }`)}
  let last = (piece.count - 1u) / SPAN * SPAN;
  for (var t = 0u; t < last; t++) {
    if (t % SPAN == 0u) { marks[t / SPAN] = h; }
    advance(own, t);
  }
  marks[last / SPAN] = h;
}
`;

const STEP_BACK_WGSL = /* wgsl */ `
fn step_back(own: Lane, t: u32, before: States) {
  let dt = step_of[t][own.c];
  let x = input_of[t][own.c];
  let g = pull_of[t][own.c];
  let drive = dt * x;
  let at = own.share * SHARE;
  var y = 0.0;
  var by_a = 0.0;
  var by_b = 0.0;
  ${each(`
  let b = rows_b[t][at + n];
  let c = rows_c[t][at + n];
  let decay = power_of_two(dt * a[n]);
  let decayed = decay * before[n];
  let reached = decayed + drive * b;
  let d_h = carry[n] + g * c;
  let d_decay = d_h * decayed;
  y += reached * c;
  by_a += d_decay * a[n];
  by_b += d_h * b;
  d_a[n] += d_decay * dt;
  carry[n] = d_h * decay;
  terms[at + n][own.c] = d_h * drive;
  terms[BLOCK + at + n][own.c] = g * reached;`)}
  shares[0][own.share][own.c] = dt * by_b;
  shares[1][own.share][own.c] = by_a * LN_2 + x * by_b;
  shares[2][own.share][own.c] = y;
}
`;

/** Walks the tokens of a span from its last to `start`. */
const walkWgsl = (span: number): string => {
  const tokens = Array.from({ length: span }, (_, k) => k);
  const forward = tokens.slice(1).map(
    (k) => `
  if (start + ${k}u < end) { advance(own, start + ${k - 1}u); }
  let before_${k} = h;`,
  );
  const back = tokens.toReversed().map(
    (k) => `
  if (start + ${k}u < end) {
    step_back(own, start + ${k}u, before_${k});
    add_up(piece, own, first, start + ${k}u);
  }`,
  );
  return /* wgsl */ `
fn walk_back(piece: Piece, own: Lane, first: u32, start: u32, end: u32) {
  h = marks[start / SPAN];
  let before_0 = h;${forward.join('')}${back.join('')}
}
`;
};

/** Makes du, ddelta and dz? what they are to be, from the sums over states that they hold. */
const finishWgsl = (hasGate: boolean): string => /* wgsl */ `
fn finish(piece: Piece, own: Lane) {
  storageBarrier();
  var d_skip = 0.0;
  var d_bias = 0.0;
  if (own.inside) {
    for (var t = own.share; t < piece.count; t += SHARES) {
      let i = (piece.first_row + t) * CHANNELS + own.d;
      let x = input_of[t][own.c];
      let g = pull_of[t][own.c];
      ${hasGate ? 'dz[i] = d_out[i] * (dz[i] + skip * x) * silu_slope(z[i]);' : ''}
      let d_dt = ddelta[i] * step_slope(raw_delta(i));
      du[i] += skip * g;
      ddelta[i] = d_dt;
      d_skip += g * x;
      d_bias += d_dt;
    }
  }
  shares[0][own.share][own.c] = d_skip;
  shares[1][own.share][own.c] = d_bias;
  workgroupBarrier();
  if (own.share == 0u && own.inside) {
    let at = sizes.at_sums + (piece.index * (STATES + 2u) + STATES) * CHANNELS + own.d;
    store(at, share_sum(0u, own.c));
    store(at + CHANNELS, share_sum(1u, own.c));
  }
}
`;

const RUN_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let piece = piece_of(group);
  let d = piece.tile * TILE + lane % TILE;
  let own = Lane(lane, lane % TILE, lane / TILE, d, d < CHANNELS);
  if (own.inside) { choose_channel(d); }
  stage_channels(piece, own);
  let at_sums = sizes.at_sums + (piece.index * (STATES + 2u) * CHANNELS) + d * STATES;
  for (var first = 0u; first < STATES; first += BLOCK) {
    stage(piece, lane, first);
    enter(piece, own, first);
    for (var end = piece.count; end > 0u;) {
      let start = (end - 1u) / SPAN * SPAN;
      walk_back(piece, own, first, start, end);
      end = start;
    }
    let s = first + own.share * SHARE;
    ${each('if (own.inside && s + n < STATES) { store(at_sums + s + n, d_a[n]); }')}
  }
  finish(piece, own);
}
`;
