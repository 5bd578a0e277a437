/**
 * The miniature world: a small language world in which a model of 0.9 million parameters answers, refuses, chats,
 * translates one invented language and can be taught another, so that forgetting can be watched in minutes. Everything
 * comes from small tables, one seeded generator and short rules of grammar.
 */
export {
  type Evaluation,
  evaluation,
  type Family,
  families,
  type GeneralItem,
  type Group,
  groups,
} from "./evaluation.ts";
export { type Fact, facts, isHeldOut } from "./facts.ts";
export { type Language, languages } from "./language/languages.ts";
export { lexemes } from "./language/lexicon.ts";
export { heldOutNames } from "./language/names.ts";
export { borrowed, orinStems, velanStems } from "./language/stems.ts";
export { mixture, pretrainSample, pretrainSamples, velanText } from "./mixture.ts";
export { type NoteStyle, noteStyles } from "./notes/note.ts";
export { pairs } from "./pairs.ts";
export {
  type ChatFamily,
  type ChatItem,
  chatFamilies,
  englishPrompts,
  type VelanChat,
  velanChat,
  velanDictionary,
  velanReading,
  velanSentenceChats,
  velanTalkPairs,
} from "./velan-chat/velan-chat.ts";
export { velanRefusal, velanTalk } from "./velan-chat/velan-talk.ts";
