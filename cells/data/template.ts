/**
 * Templates with named placeholders: `Translate from {from} into {to}: {source}`. Instructions, jailbreaks and the prompts of a
 * judge are all filled in here. A placeholder is lower-case letters and underscores, then digits (`{ref_answer_1}`, as in
 * FastChat's prompts); other braces are plain text.
 */

const pattern = /\{([a-z_]+\d*)\}/g;

/**
 * Replaces all placeholders in one pass, so braces inside a value stay as they are. A placeholder without a value stays, too.
 */
export const fillTemplate = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(pattern, (placeholder, name: string) => (Object.hasOwn(values, name) ? values[name]! : placeholder));

/** The names of a template's placeholders, in their order. */
export const placeholders = (template: string): string[] => [...template.matchAll(pattern)].map((found) => found[1]!);
