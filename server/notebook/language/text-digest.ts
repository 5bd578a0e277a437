/**
 * A 128-bit digest of a text, as 32 hexadecimal digits. It is pure and synchronous, so page and server compute the same. It
 * distinguishes versions of code; it is not cryptographic and gives no security.
 *
 * There are four independent lanes of 32 bits. For each UTF-16 unit a lane is XORed with it, multiplied by an odd number and
 * folded (x ^ x >>> n). Each step is invertible, so a lane keeps the information of long texts. At the end the
 * lanes are mixed with the finaliser of MurmurHash3.
 */
const LANES: readonly (readonly [start: number, factor: number, fold: number])[] = [
  [0x6a09e667, 0x85ebca6b, 15],
  [0xbb67ae85, 0xc2b2ae35, 13],
  [0x3c6ef372, 0x27d4eb2f, 16],
  [0xa54ff53a, 0x9e3779b1, 14],
];

export function textDigest(text: string): string {
  return LANES.map(([start, factor, fold]) => {
    let lane = start;
    for (let at = 0; at < text.length; at++) {
      lane = Math.imul(lane ^ text.charCodeAt(at), factor);
      lane ^= lane >>> fold;
    }
    return mixed(lane ^ text.length)
      .toString(16)
      .padStart(8, "0");
  }).join("");
}

function mixed(lane: number): number {
  let bits = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
