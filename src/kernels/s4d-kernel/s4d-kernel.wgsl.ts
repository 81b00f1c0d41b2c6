import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * S4D's convolution kernel in WGSL. Angles are counted in turns, and in steps of 2^-32 turns as u32, where
 * the angle of lag l is l times that of one, exact by wrapping around. WGSL's own sin and cos may be off
 * by 2^-11. Constants: CHANNELS = H, MODES = M; sizes.length = L. A mode is i = h·M + m.
 */
const COMPLEX = /* wgsl */ `
${MATH_WGSL}
const TURN = 6.283185307179586;

fn times(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

fn inverse(a: vec2f) -> vec2f {
  return vec2f(a.x, -a.y) / (a.x * a.x + a.y * a.y);
}

// (cos, sin) of an angle of -1/2 to 1/2 turns, by series in the quarter turn around it.
fn unit(turns: f32) -> vec2f {
  let quarter = round(4.0 * turns);
  let x = (turns - 0.25 * quarter) * TURN;
  let q = x * x;
  let s = x * (1.0 + q * (-1.0 / 6.0 + q * (1.0 / 120.0 + q * (-1.0 / 5040.0 + q / 362880.0))));
  let c = 1.0 + q * (-0.5 + q * (1.0 / 24.0 + q * (-1.0 / 720.0 + q * (1.0 / 40320.0 - q / 3628800.0))));
  if (quarter == 0.0) { return vec2f(c, s); }
  if (quarter == 1.0) { return vec2f(-s, c); }
  if (quarter == -1.0) { return vec2f(s, -c); }
  return vec2f(-c, -s);
}

fn expm1_of(x: f32) -> f32 {
  let series = x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x / 720.0)))));
  return select(exp_of(x) - 1.0, series, abs(x) < 0.3);
}

struct Mode { dt: f32, A: vec2f, decay: f32, angle: u32, held: vec2f, out: vec2f, C: vec2f }

fn mode_at(i: u32) -> Mode {
  let dt = exp_of(log_dt[i / MODES]);
  let A = vec2f(-exp_of(log_A_real[i]), A_imag[i]);
  let decay = dt * A.x;
  let turns = dt * A.y / TURN;
  let part = turns - round(turns);
  let w = unit(part);
  let sine_of_half = unit(0.5 * part).y;
  let growth = vec2f(
    expm1_of(decay) * w.x - 2.0 * sine_of_half * sine_of_half,
    exp_of(decay) * w.y,
  );
  // Conversion to an integer loses NaN and infinity; growth carries them on.
  let held = times(growth, inverse(A));
  let C = vec2f(c_parts[2u * i], c_parts[2u * i + 1u]);
  let angle = bitcast<u32>(i32(round(part * 4294967296.0)));
  return Mode(dt, A, decay, angle, held, times(C, held), C);
}

// w^l
fn power(mode: Mode, l: u32) -> vec2f {
  let turns = f32(bitcast<i32>(mode.angle * l)) * (1.0 / 4294967296.0);
  return exp_of(mode.decay * f32(l)) * unit(turns);
}
`;

/** Reads log_dt, log_A_real, A_imag, c_parts; writes K [L H]. */
export const FORWARD_WGSL = /* wgsl */ `
${COMPLEX}
fn run(group: u32, lane: u32) {
  let at = group * WORKGROUP_SIZE + lane;
  if (at >= sizes.length * CHANNELS) { return; }
  let h = at % CHANNELS;
  var sum = 0.0;
  for (var i = h * MODES; i < (h + 1u) * MODES; i++) {
    let mode = mode_at(i);
    sum += times(mode.out, power(mode, at / CHANNELS)).x;
  }
  K[at] = 2.0 * sum;
}
`;

/**
 * Reads d_out and the inputs; writes d_modes [4 H M]: log_A_real, A_imag, C, and parts [M H]: log_dt. The
 * algebra is that of reference.ts.
 */
export const BACKWARD_WGSL = /* wgsl */ `
${COMPLEX}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  let count = CHANNELS * MODES;
  if (i >= count) { return; }
  let h = i / MODES;
  let mode = mode_at(i);
  var sum = vec2f(0.0);
  var slope = vec2f(0.0);
  for (var l = 0u; l < sizes.length; l++) {
    let term = 2.0 * d_out[l * CHANNELS + h] * power(mode, l);
    sum += term;
    slope += f32(l) * term;
  }
  let of_c = times(sum, mode.held);
  let of_z = times(mode.out, slope) + times(times(sum, mode.C), mode.held + inverse(mode.A));
  let direct = times(times(sum, mode.out), inverse(mode.A));
  d_modes[i] = (mode.dt * of_z.x - direct.x) * mode.A.x;
  d_modes[count + i] = direct.y - mode.dt * of_z.y;
  d_modes[2u * (count + i)] = of_c.x;
  d_modes[2u * (count + i) + 1u] = -of_c.y;
  parts[i % MODES * CHANNELS + h] = mode.dt * times(of_z, mode.A).x;
}
`;
