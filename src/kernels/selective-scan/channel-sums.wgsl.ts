import { eachState } from './scan.wgsl.ts';
import type { ScanVariant } from './scan.wgsl.ts';

/**
 * Sums of dB and dC over the channels of a tile, in workgroup memory: `put` leaves the lane's terms of a token,
 * and `add_up` turns those of BATCH tokens into parts, a lane to a column (token, B or C, state). To be called in
 * uniform control flow; a lane outside the channels has terms of zero. Adding by subgroups instead took 1.7 times
 * as long on an H200: two shuffles' worth of work for every term.
 */
export const channelSumsWgsl = (variant: ScanVariant, most: number): string => /* wgsl */ `
// Odd, so that lanes that walk down columns meet in no bank of memory.
const STRIDE = WORKGROUP_SIZE + 1u;
const BATCH = 2u;
var<workgroup> terms: array<array<array<f32, STRIDE>, 2u * BLOCK>, BATCH>;
var<private> d_b: array<f32, BLOCK>;
var<private> d_c: array<f32, BLOCK>;

fn put(place: u32, lane: u32, first: u32) {
  ${eachState(variant, most, 'terms[place][n][lane] = d_b[n]; terms[place][BLOCK + n][lane] = d_c[n];')}
}

fn sum_of(place: u32, k: u32) -> f32 {
  let column = &terms[place][k];
  var sum = vec4f();
  for (var i = 0u; i < WORKGROUP_SIZE; i += 4u) {
    sum += vec4f((*column)[i], (*column)[i + 1u], (*column)[i + 2u], (*column)[i + 3u]);
  }
  return (sum.x + sum.y) + (sum.z + sum.w);
}

// Of the tokens of a batch from t on, which is their first, but before end.
fn add_up(piece: Piece, lane: u32, first: u32, t: u32, end: u32) {
  workgroupBarrier();
  for (var column = lane; column < BATCH * 2u * BLOCK; column += WORKGROUP_SIZE) {
    let place = column / (2u * BLOCK);
    let k = column % (2u * BLOCK);
    let s = first + k % BLOCK;
    if (t + place >= end || s >= STATES) { continue; }
    let part = (k / BLOCK) * TILES + piece.tile;
    let row = part * sizes.batch * sizes.length + piece.first_row + t + place;
    store(sizes.at_parts + row * STATES + s, sum_of(place, k));
  }
  workgroupBarrier();
}
`;
