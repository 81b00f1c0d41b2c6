import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * Causal attention, one query (or key) of one head a lane; lanes of a workgroup follow one another in
 * time, so that they read the same keys. Constants: HEADS, HEAD = head dimension, WIDTH = D;
 * sizes.rows = B·L, sizes.length = L; sizes.scale = 1/sqrt(HEAD).
 */
const COMMON = /* wgsl */ `
${MATH_WGSL}
struct Place { b: u32, head: u32, t: u32 }

fn place_of(group: u32, lane: u32) -> Place {
  let i = group * WORKGROUP_SIZE + lane;
  let pair = i / sizes.length;
  return Place(pair / HEADS, pair % HEADS, i % sizes.length);
}

// Where a head's query (part 0), key (1) or value (2) begins in qkv.
fn qkv_at(part: u32, p: Place, t: u32) -> u32 {
  return ((p.b * sizes.length + t) * 3u + part) * WIDTH + p.head * HEAD;
}

fn out_at(p: Place, t: u32) -> u32 {
  return (p.b * sizes.length + t) * WIDTH + p.head * HEAD;
}

fn stats_at(p: Place, t: u32) -> u32 {
  return ((p.b * HEADS + p.head) * sizes.length + t) * 2u;
}
`;

/** The softmax over keys as they come, with the running maximum (Milakov & Gimelshein 2018). */
const MIX = /* wgsl */ `
${COMMON}
var<private> mixed: array<f32, HEAD>;
var<private> largest: f32;
var<private> total: f32;

fn mix_values(p: Place) {
  let query = qkv_at(0u, p, p.t);
  for (var s = 0u; s <= p.t; s++) {
    let key = qkv_at(1u, p, s);
    let value = qkv_at(2u, p, s);
    var score = 0.0;
    for (var c = 0u; c < HEAD; c++) { score += qkv[query + c] * qkv[key + c]; }
    score *= sizes.scale;
    if (s == 0u) { largest = score; }
    let shrink = select(1.0, exp_of(largest - score), score > largest);
    if (score > largest) { largest = score; }
    let weight = exp_of(score - largest);
    total = total * shrink + weight;
    for (var c = 0u; c < HEAD; c++) { mixed[c] = mixed[c] * shrink + weight * qkv[value + c]; }
  }
}
`;

/** Reads qkv; writes out. */
export const FORWARD_WGSL = /* wgsl */ `
${MIX}
fn run(group: u32, lane: u32) {
  let p = place_of(group, lane);
  if (p.b * sizes.length >= sizes.rows) { return; }
  mix_values(p);
  let at = out_at(p, p.t);
  for (var c = 0u; c < HEAD; c++) { out[at + c] = mixed[c] / total; }
}
`;

/** Reads d_out, qkv; writes stats [B heads L 2]: log of the softmax's divisor, and dOut · out. */
export const STATS_WGSL = /* wgsl */ `
${MIX}
fn run(group: u32, lane: u32) {
  let p = place_of(group, lane);
  if (p.b * sizes.length >= sizes.rows) { return; }
  mix_values(p);
  let from_out = out_at(p, p.t);
  var product = 0.0;
  for (var c = 0u; c < HEAD; c++) { product += d_out[from_out + c] * mixed[c] / total; }
  let at = stats_at(p, p.t);
  stats[at] = largest + log(total);
  stats[at + 1u] = product;
}
`;

const PROBABILITY = /* wgsl */ `
${COMMON}
struct Pair { probability: f32, d_score: f32 }

// The probability with which query t looks at key s, and the gradient of its score.
fn pair_of(p: Place, t: u32, s: u32) -> Pair {
  let query = qkv_at(0u, p, t);
  let key = qkv_at(1u, p, s);
  let value = qkv_at(2u, p, s);
  let from_out = out_at(p, t);
  let at = stats_at(p, t);
  var score = 0.0;
  var d_probability = 0.0;
  for (var c = 0u; c < HEAD; c++) {
    score += qkv[query + c] * qkv[key + c];
    d_probability += d_out[from_out + c] * qkv[value + c];
  }
  let probability = exp_of(score * sizes.scale - stats[at]);
  return Pair(probability, probability * (d_probability - stats[at + 1u]) * sizes.scale);
}
`;

/** Reads d_out, qkv, stats; writes the queries' part of dqkv. */
export const QUERY_GRADIENT_WGSL = /* wgsl */ `
${PROBABILITY}
var<private> d_query: array<f32, HEAD>;

fn run(group: u32, lane: u32) {
  let p = place_of(group, lane);
  if (p.b * sizes.length >= sizes.rows) { return; }
  for (var s = 0u; s <= p.t; s++) {
    let pair = pair_of(p, p.t, s);
    let key = qkv_at(1u, p, s);
    for (var c = 0u; c < HEAD; c++) { d_query[c] += pair.d_score * qkv[key + c]; }
  }
  let at = qkv_at(0u, p, p.t);
  for (var c = 0u; c < HEAD; c++) { dqkv[at + c] = d_query[c]; }
}
`;

/** Reads d_out, qkv, stats; writes the keys' and values' parts of dqkv. */
export const KEY_VALUE_GRADIENT_WGSL = /* wgsl */ `
${PROBABILITY}
var<private> d_key: array<f32, HEAD>;
var<private> d_value: array<f32, HEAD>;

fn run(group: u32, lane: u32) {
  let p = place_of(group, lane);
  if (p.b * sizes.length >= sizes.rows) { return; }
  for (var t = p.t; t < sizes.length; t++) {
    let pair = pair_of(p, t, p.t);
    let query = qkv_at(0u, p, t);
    let from_out = out_at(p, t);
    for (var c = 0u; c < HEAD; c++) {
      d_key[c] += pair.d_score * qkv[query + c];
      d_value[c] += pair.probability * d_out[from_out + c];
    }
  }
  let key = qkv_at(1u, p, p.t);
  let value = qkv_at(2u, p, p.t);
  for (var c = 0u; c < HEAD; c++) {
    dqkv[key + c] = d_key[c];
    dqkv[value + c] = d_value[c];
  }
}
`;
