/** The types of sources.mjs. */
export declare const root: string;
