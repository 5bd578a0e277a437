/** How long the tests with random inputs take: a short form in `npm test`, a long one in `npm run soak`. */

const long = process.env.MODE === "soak";

/** From the environment, so that a failure can be repeated. */
export const seed = Number(process.env.SEED ?? (long ? Date.now() % 1e6 : 1));

export function howMany(short: number, inSoak: number): number {
  return long ? inSoak : short;
}

/** Milliseconds for a test that takes so many seconds in `npm test`. */
export function timeout(short: number, inSoak: number): number {
  return 1_000 * howMany(short, inSoak);
}

if (long) console.log(`SEED=${seed}`);
