/** The result of one comparison with a reference. */
export type Check = {
  readonly name: string;
  /** The largest error. */
  readonly error: number;
  /** The largest error that passes. */
  readonly limit: number;
  /** Explains the error. */
  readonly note?: string | undefined;
};
