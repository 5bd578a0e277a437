/**
 * What a page asks the server to share.
 *
 *     POST /api/share   ShareOrder   the HTML file, as an attachment
 *
 * A request that fails is answered with a 4xx {message}.
 */

export type ShareTarget = { readonly notebook: string } | { readonly record: string };
export type ShareOrder = {
  readonly target: ShareTarget;
  readonly code: "folded" | "shown" | "none";
  readonly include: readonly ("adapter" | "data" | "rows" | "training")[];
  /** Empty for none. */
  readonly note: string;
  readonly licence: string;
};
