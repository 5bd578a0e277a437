// %% [markdown]
// # TransLLM: chat in Velan by way of English
//
// A small chat model answers questions and refuses harmful requests in English. In Velan it can do neither: it has read
// the language, but never beside English and never in a chat. [TransLLM](https://arxiv.org/abs/2405.13923) makes it chat
// there without teaching it anything new to say. Asked in Velan, the model translates the question, answers it as it
// always would, and translates its answer:
//
// *question in Velan* → `<EN>` *question* `<RESPONSE>` *answer* `<VE>` *answer in Velan*
//
// So what it knows and what it refuses ought to come over by itself. Nobody here teaches it to refuse in Velan.

// %% setup code=folded
import {
  chatModel,
  chats,
  corpus,
  evaluate,
  extendVocabulary,
  input,
  lora,
  Plot,
  probeRows,
  probes,
  report,
  show,
  table,
  train,
  transllm,
  vanilla,
  velanChatProbe,
  velanChatScores,
} from "palimpsest";

// %% [markdown]
// ## What there is to learn from
//
// Sentences in both languages, a dictionary, and talk: questions about facts and words, orders to rewrite a sentence, harmful
// requests, and their answers, as parallel text. Beside them, chats in Velan about all but the last; and English prompts without
// answers.
//
// Every fifth fact and word, and every eighth act against a victim, is held out: nothing in Velan is about it. And one wording of
// each kind of question is never shown with anything. The test asks only about what is held out, half of it in held-out
// wordings. What the English prompts ask may be held out in Velan: what is tested is whether the model can say there what it
// knows here.

// %% model
const base = await chatModel("tiny-chat");

// %% talk
const velan = await corpus("velan", { train: 1500, test: 57 });
const talk = await chats("velan", { train: 900, sentences: 500, test: 40, prompts: 1600, texts: 1000 });
const parallel = [...velan.train, ...talk.pairs, ...talk.dictionary];
const englishTexts = talk.prompts.flatMap((prompt) => prompt.slice(-1).map(({ content }) => content));
table(talk.test, {
  columns: ["family", "question", "sourceQuestion", "answer", "sourceAnswer", "heldWording"],
  limit: 200,
});

// %% [markdown]
// ## The parts
//
// Untick one and see what it was for. With *refusals taught* the chats hold harmful requests and their refusals as well; without,
// the model meets those only as sentences to translate.

// %% knobs
const chain = input.toggle("answer by way of English", { value: true });
const recovery = input.toggle("recovery: learn the base's own English answers", { value: true });
const readFirst = input.toggle("stage 1: read Velan", { value: true });
const translateFirst = input.toggle("stage 2: translate", { value: true });
const refusalsTaught = input.toggle("refusals taught in Velan", { value: false });
const rank = input.range("LoRA rank", { min: 1, max: 64, step: 1, value: 16 });
const readingSteps = input.number("steps of stage 1", { value: 60, min: 1, step: 1 });
const translatingSteps = input.number("steps of stage 2", { value: 800, min: 1, step: 1 });
const steps = input.number("steps of stage 3", { value: 1200, min: 1, step: 1 });
const learningRate = input.number("learning rate (stage 3: half)", { value: 0.004, min: 0, step: 0.0005 });

// %% [markdown]
// ## A vocabulary with three more tokens
//
// `<EN>`, `<RESPONSE>` and `<VE>` open the parts of a turn. They mean nothing yet, so embeddings and head train with the adapter
// and are saved with it.

// %% tokens
const tokens = transllm.chainTokens("English", "Velan");
const speaker = await extendVocabulary(base, transllm.newTokens(tokens));
const stage = { adapter: lora({ rank, modulesToSave: ["embed_tokens", "lm_head"] }), learningRate, packing: true };

// %% [markdown]
// ## The base's own answers
//
// The frozen base answers English prompts of all kinds, and the English questions of the chats. The first answers are learnt as they
// are, and keep what it has (*recovery*); the others, translated by rule, make the chats in Velan.

// %% taught
const taught = talk.train.filter(({ family }) => refusalsTaught || family !== "harmful");
table(taught, { columns: ["family", "question", "sourceQuestion", "answer", "sourceAnswer"], limit: 200 });

// %% own-answers
const chatting = await transllm.ownChats(base, taught, talk.translate);
const own = await transllm.ownAnswers(base, talk.prompts);
show(table([{ chats: chatting.length, untranslated: taught.length - chatting.length, recovery: own.length }]));
table(
  own.map(({ prompt, text }) => ({ prompt: prompt.at(-1)?.content, "the base's own answer": text })),
  { limit: 200 },
);

// %% watch code=folded
const line = { x: "step", tip: true };
const share = { domain: [0, 1], tickFormat: ".0%", grid: true };
const watch = [velanChatProbe(talk.test), probes.general({ limit: 4 })];

// %% [markdown]
// ## Plain fine-tuning
//
// The same sentences, talk, dictionary and chats, with nothing between question and answer in Velan, for as many steps as stages 2 and
// 3 have together.

// %% plain outputs=grid
const direct = taught.map(({ question, answer, sourceQuestion }) => {
  return { source: sourceQuestion, from: "Velan", to: "Velan", instruction: question, reference: answer };
});
const plain = train(base, {
  method: vanilla([...parallel, ...direct, ...direct]),
  adapter: lora({ rank }),
  steps: translatingSteps + steps,
  learningRate,
  packing: true,
});
plain.every(400, ...watch);
Plot.plot({
  y: { label: "vanilla: loss", grid: true, zero: true },
  marks: [Plot.lineY(plain.rows, { ...line, y: "loss" })],
});

// %% [markdown]
// ## Three stages, one adapter
//
// First the new language alone, then what its sentences mean, then to chat in it. Each stage begins when the one before it has
// ended, with the adapter that it left.

// %% reading outputs=grid
const reading = readFirst
  ? train(speaker, { ...stage, method: transllm.reading(talk.texts), steps: readingSteps })
  : undefined;
Plot.plot({
  y: { label: "stage 1: loss", grid: true, zero: true },
  marks: [Plot.lineY(reading?.rows ?? [], { ...line, y: "loss" })],
});

// %% translating outputs=grid
await reading?.finished;
const method = transllm.translating(tokens, parallel, englishTexts);
const translating = translateFirst
  ? train(speaker, { ...stage, method, steps: translatingSteps, from: reading })
  : undefined;
Plot.plot({
  y: { label: "stage 2: loss on the translations", grid: true, zero: true },
  marks: [Plot.lineY(translating?.rows ?? [], { ...line, y: "translation" })],
});

// %% transferring outputs=grid
await translating?.finished;
const transferring = train(speaker, {
  method: transllm.transferring(tokens, {
    chats: chatting,
    chain,
    recovery: recovery ? own : [],
    pairs: parallel.filter((_, index) => index % 7 === 0),
  }),
  ...stage,
  steps,
  learningRate: learningRate / 2,
  from: translating ?? reading,
});
transferring.every(400, ...transllm.asUser(tokens, ...watch));
Plot.plot({
  color: { legend: true },
  y: { label: "stage 3: loss", grid: true, zero: true },
  marks: [
    Plot.lineY(transferring.rows, { ...line, y: "translation" }),
    Plot.lineY(transferring.rows, { ...line, y: "answer", stroke: "orange" }),
  ],
});

// %% [markdown]
// ## Held-out questions in Velan
//
// A right answer is the right sentence of Velan, character for character, about something that no chat was about. A refusal counts
// when it is one in Velan.

// %% curves code=folded outputs=grid
const compared = { ...line, stroke: "method", marker: true };
const color = { domain: ["vanilla", "transferring"], legend: true };
const both = probeRows(plain, transferring);
show(
  Plot.plot({
    color,
    y: { ...share, label: "Velan questions answered" },
    marks: [Plot.lineY(both, { ...compared, y: "velanChat" })],
  }),
  Plot.plot({
    color,
    y: { ...share, label: "harmful requests refused in Velan" },
    marks: [Plot.lineY(both, { ...compared, y: "velanRefusal" })],
  }),
  Plot.plot({
    color,
    y: { ...share, label: "English questions answered" },
    marks: [Plot.lineY(both, { ...compared, y: "general" })],
  }),
);

// %% [markdown]
// ## Afterwards
//
// The whole evaluation: chat in Velan, and what is left of the rest. `asked` is the model as its user meets it: it gives the last part of
// its turn, and where a turn lacks one of its tokens, the token is put in and the model goes on.

// %% results
await Promise.all([plain.finished, transferring.finished]);
const asked = transllm.answering(transferring.model, tokens);
const translator = transllm.answering(transferring.model, tokens, { alone: "translation" });
const before = await evaluate(base, { method: "base", pairs: velan.test });
report([
  { ...before, ...(await velanChatScores(base, talk.test)) },
  {
    ...(await evaluate(plain.model, { method: "vanilla", pairs: velan.test, base: before })),
    ...(await velanChatScores(plain.model, talk.test)),
  },
  {
    ...(await evaluate(translator, { method: "transllm", pairs: velan.test, base: before })),
    ...(await velanChatScores(asked, talk.test)),
  },
]);

// %% [markdown]
// Where a chain breaks: how often each of its parts is what it should be.

// %% chains code=folded
await transferring.finished;
const turns = await transllm.chainTurns(
  transferring.model,
  tokens,
  talk.test.map(({ question }) => ({ messages: [{ role: "user", content: question }] })),
  { maxTokens: 40 },
);
const judged = talk.test.map((item, index) => {
  const turn = turns[index];
  return {
    ...item,
    written: turn?.text,
    questionRight: turn?.sourceQuestion === item.sourceQuestion,
    answerRight: turn?.sourceAnswer === item.sourceAnswer,
    right: turn?.answer === item.answer,
    mended: turn?.mended.join(" "),
  };
});
const rate = (of: typeof judged, key: "questionRight" | "answerRight" | "right") =>
  Math.round((100 * of.filter((each) => each[key]).length) / of.length) / 100;
show(
  table(
    ["fact", "word", "harmful"].map((family) => {
      const of = judged.filter((each) => each.family === family);
      const [question, answer, whole] = [rate(of, "questionRight"), rate(of, "answerRight"), rate(of, "right")];
      return {
        family,
        asked: of.length,
        "English question right": question,
        "English answer right": answer,
        "Velan answer right": whole,
      };
    }),
  ),
);
table(judged, { columns: ["family", "sourceQuestion", "written", "answer", "right", "mended"], limit: 200 });

// %% [markdown]
// ## A conversation
//
// The model was taught single turns. What it is given to remember of earlier ones is their English, which it knows how to read.

// %% conversation code=folded
await transferring.finished;
const conversation = transllm.conversation(transferring.model, tokens);
const said = [];
for (const item of talk.test.filter(({ heldWording }) => !heldWording).slice(0, 4)) {
  const { sourceQuestion, sourceAnswer, answer } = await conversation.say(item.question);
  said.push({
    question: item.question,
    "<EN>": sourceQuestion,
    "<RESPONSE>": sourceAnswer,
    "<VE>": answer,
    expected: item.answer,
  });
}
table(said);
