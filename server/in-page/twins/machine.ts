/**
 * A notebook in a page computes with native code of no kind. Files that need a machine are replaced by this one; what they export
 * throws, so that the cell which calls it says so and the others run.
 */
export function needsMachine(what: string): never {
  throw new Error(
    `${what} needs a machine: it does not work in a page. Open the notebook with Palimpsest to run this cell.`,
  );
}
