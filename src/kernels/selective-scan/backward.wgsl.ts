import { channelSumsWgsl } from './channel-sums.wgsl.ts';
import { eachState, stageWgsl, variantWgsl } from './scan.wgsl.ts';
import type { ScanVariant } from './scan.wgsl.ts';

/**
 * The gradient's last pass; layout in scan.wgsl.ts. Reads u, delta, z?, d_out, and in scratch the state before
 * and the gradient after each chunk; writes du, ddelta, dz?, and in scratch the partial sums.
 *
 * A lane walks its chunk back span by span, with the states of SPAN tokens in `before`, replayed from that before
 * the span, which `marks` keeps from a first walk forward. Constant: SPAN, which divides CHUNK.
 */
export const backwardWgsl = (variant: ScanVariant, most: number): string =>
  [
    variantWgsl(variant),
    stageWgsl(true),
    channelSumsWgsl(variant, most),
    replayWgsl(variant, most),
    stepBackWgsl(variant, most),
    finishWgsl(variant.z),
    runWgsl(variant, most),
  ].join('\n');

const replayWgsl = (variant: ScanVariant, most: number): string => /* wgsl */ `
var<private> a: array<f32, BLOCK>;
var<private> h: array<f32, BLOCK>;
var<private> carry: array<f32, BLOCK>;
var<private> d_a: array<f32, BLOCK>;
var<private> steps: array<f32, CHUNK>;
var<private> marks: array<array<f32, BLOCK>, CHUNK / SPAN>;
var<private> before: array<array<f32, BLOCK>, SPAN>;

fn advance(piece: Piece, d: u32, first: u32, t: u32) {
  let dt = steps[t];
  let drive = dt * u[(piece.first_row + t) * CHANNELS + d];
  let b = rows_b[t];
  ${eachState(variant, most, 'h[n] = exp_of(dt * a[n]) * h[n] + drive * b[n];')}
}

// Leaves the states before every span in marks.
fn enter(piece: Piece, d: u32, first: u32) {
  ${eachState(
    variant,
    most,
    `let at = state_at(piece.index, first + n, d);
     a[n] = fetch(sizes.at_a + d * STATES + first + n);
     h[n] = start_of(at);
     carry[n] = end_of(at);
     d_a[n] = 0.0;`,
  )}
  let last = (piece.count - 1u) / SPAN * SPAN;
  for (var t = 0u; t < last; t++) {
    if (t % SPAN == 0u) { marks[t / SPAN] = h; }
    advance(piece, d, first, t);
  }
  marks[last / SPAN] = h;
}

// Leaves the states before the tokens from start to end.
fn replay(piece: Piece, d: u32, first: u32, start: u32, end: u32) {
  h = marks[start / SPAN];
  for (var t = start; t < end; t++) {
    ${eachState(variant, most, 'before[t - start][n] = h[n];')}
    if (t + 1u < end) { advance(piece, d, first, t); }
  }
}
`;

const stepBackWgsl = (variant: ScanVariant, most: number): string => /* wgsl */ `
fn step_back(piece: Piece, d: u32, first: u32, t: u32) {
  let i = (piece.first_row + t) * CHANNELS + d;
  let dt = steps[t];
  let x = u[i];
  let drive = dt * x;
  let g = d_out[i] * gate(i);
  let b = rows_b[t];
  let c = rows_c[t];
  var y = 0.0;
  var by_a = 0.0;
  var by_b = 0.0;
  ${eachState(
    variant,
    most,
    `let decay = exp_of(dt * a[n]);
     let decayed = decay * before[t % SPAN][n];
     let reached = decayed + drive * b[n];
     let d_h = carry[n] + g * c[n];
     let d_decay = d_h * decayed;
     y += reached * c[n];
     by_a += d_decay * a[n];
     by_b += d_h * b[n];
     d_a[n] += d_decay * dt;
     carry[n] = d_h * decay;
     d_b[n] = d_h * drive;
     d_c[n] = g * reached;`,
  )}
  finish(i, first, x, g, y, dt * by_b, by_a + x * by_b);
}
`;

/** Adds a block's y and gradients up in dz?, du and ddelta; the last block makes them what they are to be. */
const finishWgsl = (hasGate: boolean): string => /* wgsl */ `
var<private> d_skip: f32;
var<private> d_bias: f32;

fn finish(i: u32, first: u32, x: f32, g: f32, y_of_block: f32, d_x_of_block: f32, d_dt_of_block: f32) {
  var y = y_of_block;
  var d_x = d_x_of_block;
  var d_dt = d_dt_of_block;
  if (first > 0u) {
    ${hasGate ? 'y += dz[i];' : ''}
    d_x += du[i];
    d_dt += ddelta[i];
  }
  if (first + BLOCK >= STATES) {
    ${hasGate ? 'y = d_out[i] * (y + skip * x) * silu_slope(z[i]);' : ''}
    d_x += skip * g;
    d_dt *= step_slope(raw_delta(i));
    d_skip += g * x;
    d_bias += d_dt;
  }
  ${hasGate ? 'dz[i] = y;' : ''}
  du[i] = d_x;
  ddelta[i] = d_dt;
}
`;

const runWgsl = (variant: ScanVariant, most: number): string => /* wgsl */ `
fn choose_steps(piece: Piece, d: u32) {
  choose_channel(d);
  for (var t = 0u; t < piece.count; t++) {
    steps[t] = step_size(raw_delta((piece.first_row + t) * CHANNELS + d));
  }
}

fn run(group: u32, lane: u32) {
  let piece = piece_of(group);
  let d = piece.tile * WORKGROUP_SIZE + lane;
  let inside = CHANNELS % WORKGROUP_SIZE == 0u || d < CHANNELS;
  let at_sums = sizes.at_sums + piece.index * CHANNELS * (STATES + 2u);
  if (inside) { choose_steps(piece, d); }
  for (var first = 0u; first < STATES; first += BLOCK) {
    stage(piece, lane, first);
    if (inside) { enter(piece, d, first); }
    for (var end = piece.count; end > 0u;) {
      let start = (end - 1u) / SPAN * SPAN;
      if (inside) { replay(piece, d, first, start, end); }
      for (var t = end; t > start; t--) {
        if (inside) { step_back(piece, d, first, t - 1u); }
        put((t - 1u) % BATCH, lane, first);
        if ((t - 1u) % BATCH == 0u) { add_up(piece, lane, first, t - 1u, end); }
      }
      end = start;
    }
    if (inside) { ${eachState(variant, most, 'store(at_sums + d * STATES + first + n, d_a[n]);')} }
  }
  if (inside) {
    store(at_sums + CHANNELS * STATES + d, d_skip);
    store(at_sums + CHANNELS * (STATES + 1u) + d, d_bias);
  }
}
`;
