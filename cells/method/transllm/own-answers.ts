/**
 * Recovery distillation: the frozen base answers questions in its own language, and its answers become targets. They
 * reflect its present knowledge and style, so learning them preserves both; answers of another model would teach a new
 * behaviour. The same answers, translated, complete the chains. The translator may be a service or, in the embedded
 * world, a rule.
 */
import { type ChatModel, SAMPLING, type Sampling } from "../../contracts.ts";
import { host } from "../../host.ts";
import { requireKnown } from "../../options.ts";
import type { Message } from "../../types.ts";
import { Writing } from "../writing.ts";
import type { BilingualChat, OwnAnswer } from "./samples.ts";

export type OwnAnswersOptions = Sampling & {
  /** Maximum length of an answer in tokens. Default: 512. */
  readonly maxTokens?: number;
};

/** The base's answers, greedy by default. Each is kept in the workspace as soon as it is written. */
export async function ownAnswers(
  base: ChatModel,
  prompts: readonly (readonly Message[])[],
  options: OwnAnswersOptions = {},
): Promise<OwnAnswer[]> {
  requireKnown("ownAnswers(…)", options, ["maxTokens", ...SAMPLING], { max_new_tokens: "maxTokens" });
  const { maxTokens = 512, seed = host().seed, ...sampling } = options;
  const writing = new Writing({
    model: base,
    prompts: prompts.map((messages) => ({ messages })),
    options: { ...sampling, seed, maxTokens },
    label: "Writing own answers",
    step: "own-answers",
  });
  const written = await writing.all();
  return prompts.map((prompt, index) => {
    const { text, ended } = written[index]!;
    return { prompt, text, ended };
  });
}

/** Returns undefined if it cannot translate a text. It may be a service. */
export type Translator = (text: string) => string | undefined | Promise<string | undefined>;

export type OwnChats<C> = {
  readonly items: readonly C[];
  readonly counts: {
    readonly chats: number;
    /** Left out because the base's answer reached its maximum length. */
    readonly cutOff: number;
    /** Left out because the translator returned nothing. */
    readonly untranslated: number;
  };
};

/** How many texts the translator gets at the same time. */
const AT_ONCE = 8;

/** The chats with the base's own answers instead of the given ones, in both languages. */
export async function ownChats<C extends BilingualChat>(
  base: ChatModel,
  chats: readonly C[],
  translate: Translator,
  options: OwnAnswersOptions = {},
): Promise<OwnChats<C>> {
  const questions = chats.map(({ sourceQuestion }) => [{ role: "user", content: sourceQuestion } as const]);
  const own = await ownAnswers(base, questions, options);
  const whole = own.flatMap(({ text, ended }, at) => (ended ? [{ chat: chats[at]!, text }] : []));
  const translated = await allTranslated(
    whole.map(({ text }) => text),
    translate,
  );
  const items = whole.flatMap(({ chat, text }, at) => {
    const answer = translated[at];
    return answer === undefined ? [] : [{ ...chat, sourceAnswer: text, answer }];
  });
  const counts = {
    chats: items.length,
    cutOff: chats.length - whole.length,
    untranslated: whole.length - items.length,
  };
  return { items, counts };
}

async function allTranslated(texts: readonly string[], translate: Translator): Promise<(string | undefined)[]> {
  const translated: (string | undefined)[] = [];
  const left = texts.entries();
  const workOff = async (): Promise<void> => {
    for (const [at, text] of left) {
      const given = translate(text);
      // A rule answers at once and needs no progress.
      if (!(given instanceof Promise)) {
        translated[at] = given;
        continue;
      }
      translated[at] = await given;
      await host().breathe();
      host().progress("Translating own answers", at + 1, texts.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workOff));
  return translated;
}
