/** What one comparison with a reference found. */
export type Check = {
  readonly name: string;
  /** The largest that was found. */
  readonly error: number;
  /** The largest that is let pass. */
  readonly limit: number;
  /** What a number does not say. */
  readonly note?: string | undefined;
};
