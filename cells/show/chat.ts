/**
 * Several models answer the same turns, side by side: the base and what was trained from it. Each token is the darker the less
 * sure the model was of it, and a refusal is marked with the phrase that gave it away. With inputs for the turns and the
 * temperature it is a chat: a changed input asks all models again.
 */
import type { ChatModel } from "../contracts.ts";
import { type AnsweredTurn, type ConversationOptions, converse } from "../measure/conversation.ts";
import { listTitle } from "../measure/refusal/lists.ts";
import type { TokenLogProbability } from "../model/chat-model.ts";
import { exp } from "../portable-math.ts";
import { escapeHtml } from "./html.ts";
import { Shown } from "./shown.ts";

/** A model, or a run: its model with the weights of now. */
export type Speaker = ChatModel | { readonly model: ChatModel };

/** −ln p from which a token has the full shade: p is about 0.02. */
const DARKEST = 4;

/**
 * @param speakers the models by the names that are shown above their answers
 * @param turns of the user, one after the other; a text is one turn
 * @param options settings of the sampling (greedy unless there is a temperature); `maxTokens` of an answer, 128 by default;
 *   `system`; `lists` of phrases that mark a refusal
 */
export async function chat(
  speakers: Readonly<Record<string, Speaker>>,
  turns: string | readonly string[],
  options: Omit<ConversationOptions, "label"> = {},
): Promise<Shown> {
  const asked = (typeof turns === "string" ? [turns] : turns).filter((turn) => turn.trim() !== "");
  const names = Object.keys(speakers);
  if (names.length === 0) throw new Error("chat(…) needs at least one model: chat({ base, tuned: run }, turns).");
  const answers: AnsweredTurn[][] = [];
  for (const name of names) {
    const speaker = speakers[name]!;
    const model = "generate" in speaker ? speaker : speaker.model;
    // Of a training that goes on, all turns are answered with the weights of now.
    const held = model.hold?.();
    try {
      answers.push(await converse(held ?? model, asked, { ...options, label: `chat: ${name}` }));
    } finally {
      held?.release();
    }
  }
  const rows = asked.map(
    (user, turn) =>
      `<tr class="user"><td colspan="${names.length}">${escapeHtml(user)}</td></tr>` +
      `<tr>${answers.map((each) => `<td>${answerHtml(each[turn]!)}</td>`).join("")}</tr>`,
  );
  const head = `<tr>${names.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("")}</tr>`;
  const legend = `<footer>Shade: how unlikely the model found a token. Point at it for its probability.</footer>`;
  return new Shown({
    kind: "html",
    html: `${style}<table><thead>${head}</thead><tbody>${rows.join("")}</tbody></table>${legend}`,
  });
}

function answerHtml({ answer, cutOff, refusal, tokens }: AnsweredTurn): string {
  // Many tokenizers write the space in front of the first word.
  const text =
    tokens && tokens.length > 0
      ? tokens.map((token, at) => tokenHtml(at === 0 ? { ...token, text: token.text.trimStart() } : token)).join("")
      : escapeHtml(answer);
  const marks = [
    refusal && `<mark>refused: “${escapeHtml(refusal.phrase)}” (${escapeHtml(listTitle(refusal.list))})</mark>`,
    cutOff && "<i>cut off at the limit of tokens</i>",
  ].filter(Boolean);
  return `<p>${text}</p>${marks.join(" ")}`;
}

function tokenHtml({ text, logProbability }: TokenLogProbability): string {
  const strength = Math.round(45 * Math.min(1, -logProbability / DARKEST));
  const probability = exp(logProbability).toPrecision(2);
  return `<span style="--strength:${strength}%" title="p = ${probability}">${escapeHtml(text)}</span>`;
}

/** The page shows this in a white frame of its own. */
const style = `<style>
body{margin:0;padding:10px 14px;font:15px/1.6 system-ui,sans-serif;color:#1f1d1a}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th{font-size:13px;text-align:left;color:#66615a;font-weight:600;padding:0 10px 6px 0}
td{vertical-align:top;padding:6px 10px 10px 0;border-bottom:1px solid #e4dfd6;overflow-wrap:anywhere}
.user td{border-bottom:0;padding-top:12px;font-weight:600}
p{margin:0 0 4px;white-space:pre-wrap}
span{background:color-mix(in srgb,#b4530a var(--strength),white)}
mark{background:#fde3e0;color:#8f1d12;border-radius:4px;padding:1px 6px;font-size:13px}
i,footer{font-size:13px;color:#66615a}
</style>`;
