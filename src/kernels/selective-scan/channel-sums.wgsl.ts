/**
 * What a token's terms add up to, through workgroup memory: du, ddelta and dz? over the lanes of a channel, dB and
 * dC over the channels of a tile, where a column (B or C, state) has QUARTERS lanes. To be called in uniform
 * control flow. Adding by subgroups instead took 1.7 times as long on an H200.
 */
export const channelSumsWgsl = (hasGate: boolean): string => /* wgsl */ `
const COLUMNS = 2u * BLOCK;
const QUARTERS = WORKGROUP_SIZE / COLUMNS;
// Odd rows, so that lanes that walk along them meet in no bank of memory.
var<workgroup> terms: array<array<f32, TILE + 1u>, COLUMNS>;
var<workgroup> quarters: array<f32, WORKGROUP_SIZE>;
var<workgroup> shares: array<array<array<f32, TILE>, SHARES>, 3>;

fn share_sum(what: u32, c: u32) -> f32 {
  var sum = 0.0;
  for (var share = 0u; share < SHARES; share++) { sum += shares[what][share][c]; }
  return sum;
}

fn add_shares(piece: Piece, own: Lane, first: u32, t: u32) {
  if (!own.inside) { return; }
  let i = (piece.first_row + t) * CHANNELS + own.d;
  for (var what = own.share; what < ${hasGate ? 3 : 2}u; what += SHARES) {
    let sum = share_sum(what, own.c);
    let more = first > 0u;
    if (what == 0u) { du[i] = sum + select(0.0, du[i], more); }
    if (what == 1u) { ddelta[i] = sum + select(0.0, ddelta[i], more); }
    ${hasGate ? 'if (what == 2u) { dz[i] = sum + select(0.0, dz[i], more); }' : ''}
  }
}

fn add_up(piece: Piece, own: Lane, first: u32, t: u32) {
  workgroupBarrier();
  add_shares(piece, own, first, t);
  quarters[own.index] = quarter(own.index);
  workgroupBarrier();
  add_quarters(piece, own, first, t);
}
${QUARTERS_WGSL}`;

const QUARTERS_WGSL = /* wgsl */ `
fn quarter(lane: u32) -> f32 {
  let row = &terms[lane % COLUMNS];
  let origin = lane / COLUMNS * (TILE / QUARTERS);
  var sum = 0.0;
  for (var i = 0u; i < TILE / QUARTERS; i++) { sum += (*row)[origin + i]; }
  return sum;
}

fn add_quarters(piece: Piece, own: Lane, first: u32, t: u32) {
  let s = first + own.index % BLOCK;
  if (own.index >= COLUMNS || s >= STATES) { return; }
  var sum = 0.0;
  for (var k = own.index; k < WORKGROUP_SIZE; k += COLUMNS) { sum += quarters[k]; }
  let part = own.index / BLOCK * TILES + piece.tile;
  store(sizes.at_parts + (part * sizes.batch * sizes.length + piece.first_row + t) * STATES + s, sum);
}
`;
