/**
 * Merges what was typed in this page with a new source from elsewhere. The base is what the server last confirmed: the
 * difference between base and new source is applied to the text of this page, so both sides keep what they typed. The
 * changes are small, so that a cursor between two of them stays where it is.
 */
import { diff } from "@codemirror/merge";
import { ChangeSet, Text } from "@codemirror/state";

/** From this many changed characters on, `diff` is faster and less exact. */
const SCAN_LIMIT = 500;

/** The changes that turn `before` into `after`. */
export function differences(before: string, after: string): ChangeSet {
  const changes = diff(before, after, { scanLimit: SCAN_LIMIT }).map(({ fromA, toA, fromB, toB }) => ({
    from: fromA,
    to: toA,
    insert: after.slice(fromB, toB),
  }));
  return ChangeSet.of(changes, before.length);
}

/** The changes to apply to `text`, which this page made from `base`, when others made `theirs` from the same base. */
export function merged(base: string, text: string, theirs: string): ChangeSet {
  return differences(base, theirs).map(differences(base, text));
}

/** The text of a draft on top of what the server has now. `known`: what the server may have had when it was typed. */
export function redone(
  { text, known }: { readonly text: string; readonly known: readonly string[] },
  source: string,
): string {
  if (known.includes(source)) return text;
  const [base = source] = known;
  return merged(base, source, text)
    .apply(Text.of(source.split("\n")))
    .toString();
}
