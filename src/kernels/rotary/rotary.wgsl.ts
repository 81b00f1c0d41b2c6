/**
 * Reads x [B L D], turns [T L R 2]; writes out, an invocation an element. Constants HEAD components a head, TURNS =
 * R, PAIRED; sizes.size, width = D, listed = what the table repeats after, T L; scalars.sign is -1 to turn back.
 */
export const ROTARY_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let c = i % HEAD;
  if (c >= 2u * TURNS) {
    out[i] = x[i];
    return;
  }
  let pair = select(c % TURNS, c / 2u, PAIRED == 1u);
  let second = select(c / TURNS, c % 2u, PAIRED == 1u);
  let far = select(TURNS, 1u, PAIRED == 1u);
  let at = 2u * (i / sizes.width % sizes.listed * TURNS + pair);
  let cosine = turns[at];
  let sine = sizes.sign * turns[at + 1u];
  if (second == 0u) {
    out[i] = x[i] * cosine - x[i + far] * sine;
  } else {
    out[i] = x[i] * cosine + x[i - far] * sine;
  }
}
`;
