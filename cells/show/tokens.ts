/**
 * The tokens of samples as a model reads them. Those that are learnt have the colour of their role, more strongly the larger their weight;
 * context is grey. So one sees where a template, a separator or a cut-off text is learnt by mistake.
 */
import type { Method } from "../contracts.ts";
import type { SampleToken } from "../model/sample-tokens.ts";
import type { Sample, Segment } from "../types.ts";
import { escapeHtml } from "./html.ts";
import { Shown } from "./shown.ts";

/** A model that is computed here: the base, or a tuned one. */
type Tokenizing = { tokens(sample: Sample): readonly SampleToken[] };

/**
 * @param samples one sample, several, or a method with its samples and the weights of its roles
 * @param options `limit`: the number of samples to show; 20 by default
 */
export function tokens(
  model: Tokenizing,
  samples: Sample | readonly Sample[] | Pick<Method, "samples" | "weight">,
  { limit = 20 }: { readonly limit?: number } = {},
): Shown {
  const method = "samples" in samples ? samples : undefined;
  const list = "samples" in samples ? samples.samples : "segments" in samples ? [samples] : samples;
  const weighted = list.slice(0, limit).map((sample) =>
    model.tokens(sample).map((token) => {
      const factor = token.role && method ? method.weight(token.role) : 1;
      return { ...token, weight: token.weight * factor };
    }),
  );
  const all = weighted.flat();
  const most = Math.max(...all.map(({ weight }) => Math.abs(weight)), 1e-9);
  const blocks = weighted.map((each) => `<p>${each.map((token) => tokenHtml(token, most)).join("")}</p>`);
  const rest = list.length > limit ? `<footer>${limit} of ${list.length} samples.</footer>` : "";
  return new Shown({ kind: "html", html: `${style}${legend(all)}${blocks.join("")}${rest}` });
}

function tokenHtml({ token, text, role, weight, part }: SampleToken, most: number): string {
  const shown = escapeHtml(text === "" ? "∅" : text)
    .replaceAll(" ", "·")
    .replaceAll("\n", "↵\n")
    .replaceAll("\t", "⇥");
  const what = weight === 0 ? "context" : `${role}${part === "template" ? ", written by the template" : ""}`;
  const title = `${token}: ${what}, weight ${Number(weight.toPrecision(4))}`;
  if (weight === 0 || !role) return `<span class="context" title="${escapeHtml(title)}">${shown}</span>`;
  const strength = Math.round(15 + 35 * (Math.abs(weight) / most));
  const classes = part === "template" ? `${role} template` : role;
  return `<span class="${classes}" style="--strength:${strength}%" title="${escapeHtml(title)}">${shown}</span>`;
}

/** The roles with their numbers of targets. */
function legend(all: readonly SampleToken[]): string {
  const targets = all.filter(({ weight }) => weight !== 0);
  const roles = [...new Set(targets.map(({ role }) => role!))];
  const counts = roles.map((role) => {
    const own = targets.filter((token) => token.role === role);
    const ofTemplate = own.filter(({ part }) => part === "template").length;
    const note = ofTemplate > 0 ? ` (${ofTemplate} of them written by the template)` : "";
    return `<span class="${role}" style="--strength:50%">${role}</span> ${own.length} targets${note}`;
  });
  const context = `<span class="context">context</span> ${all.length - targets.length} tokens`;
  return `<header>${[...counts, context].join(" · ")}</header>`;
}

const hues: Readonly<Record<Segment["role"], string>> = {
  translation: "#0b7a70",
  rationale: "#b4530a",
  answer: "#2563ae",
  separator: "#6d4bc3",
  text: "#b3326a",
};

const colours = Object.entries(hues).map(([role, hue]) => `.${role}{--hue:${hue}}`);

/** The page shows this in a white frame of its own. */
const style = `<style>
body{margin:0;padding:10px 14px;font:14px/1.9 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;color:#1f1d1a}
header,footer{font:13px/1.6 system-ui,sans-serif;color:#66615a;margin-bottom:8px}
p{margin:0 0 10px;padding-bottom:10px;border-bottom:1px solid #e4dfd6;white-space:pre-wrap;overflow-wrap:anywhere}
span{border-radius:3px;padding:1px 0;margin-right:2px;background:color-mix(in srgb,var(--hue) var(--strength),white)}
.context{color:#66615a;background:#f0ede7}
.template{outline:1px dashed #1f1d1a;outline-offset:-1px}
${colours.join("")}
</style>`;
