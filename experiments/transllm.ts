// %% [markdown]
// # TransLLM: chat in Velan by way of English
//
// A small chat model answers questions and refuses harmful requests in English. In Velan it can do neither: it has read text in
// Velan, but no translations and no chats. [TransLLM](https://arxiv.org/abs/2405.13923) makes it chat in Velan without
// teaching it anything new to say. When it is asked in Velan, the model translates the question, answers it in English as
// before, and translates its answer:
//
// *question in Velan* → `<EN>` *question* `<RESPONSE>` *answer* `<VE>` *answer in Velan*
//
// So its knowledge and its refusals should carry over to Velan. Nothing in this notebook teaches it to refuse in Velan.

// %% setup code=folded
import {
  type ChatModel,
  chatModel,
  type Evaluation,
  evaluate,
  extendVocabulary,
  input,
  lora,
  Plot,
  probeRows,
  report,
  sentenceChrf,
  show,
  table,
  train,
  transllm,
  vanilla,
  world,
} from "palimpsest";

// %% [markdown]
// ## The training data
//
// The parallel text has sentences, a dictionary, and talk: questions about facts and words, instructions to rewrite a sentence,
// harmful requests, and the answers to all of them. There are also chats in Velan about the same things, but without harmful
// requests, and English prompts without answers.
//
// Every fifth fact and word, and every eighth combination of act and victim, is held out: no Velan text is about it. One wording of
// each kind of question is held out as well. The test asks only about what is held out, half of it in held-out wordings. The
// English prompts may be about what is held out in Velan: the test is whether the model can say in Velan what it knows in
// English.

// %% model
const base = await chatModel("tiny-chat", { encoding: "pieces" });

// %% talk
const velan = await world.corpus("velan", { train: 1500, test: 57 });
const talk = await world.chats("velan", { train: 900, sentences: 500, test: 40, prompts: 1600, texts: 1000 });
const parallel = [...velan.train, ...talk.pairs, ...talk.dictionary];
const englishTexts = talk.prompts.flatMap((prompt) => prompt.slice(-1).map(({ content }) => content));
table(talk.test, {
  columns: ["family", "question", "sourceQuestion", "answer", "sourceAnswer", "heldWording"],
  limit: 200,
});

// %% [markdown]
// ## The parts of the method
//
// Turn a part off and see what it was good for. With *refusals taught*, the chats also have harmful requests and their refusals;
// without it, those are only sentences to translate.

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
// `<EN>`, `<RESPONSE>` and `<VE>` mark where each part of a turn begins. They mean nothing to the model yet, so the embeddings and the
// head are trained and saved together with the adapter.

// %% tokens
const tokens = transllm.chainTokens("English", "Velan");
const extended = await extendVocabulary(base, transllm.newTokens(tokens));
// A model of this size learns fast: the defaults of train() are for models with hundreds of millions of weights.
const pace = { learningRate, warmup: 20, floor: 0.1, betas: [0.9, 0.99], packing: true } as const;
const stage = { adapter: lora({ rank, modulesToSave: ["embed_tokens", "lm_head"] }), ...pace };

// %% [markdown]
// ## The base's own answers
//
// The frozen base answers English prompts of all kinds, and the English questions of the chats. Its answers to the prompts are training
// data as they are, so that the model keeps its English (*recovery*). Its answers to the questions are translated by rule and
// become the chats in Velan.

// %% training-chats
const trainingChats = talk.train.filter(({ family }) => refusalsTaught || family !== "harmful");
table(trainingChats, { columns: ["family", "question", "sourceQuestion", "answer", "sourceAnswer"], limit: 200 });

// %% own-answers
const own = await transllm.ownChats(base, trainingChats, talk.translate, { maxTokens: 80 });
const velanChats = own.items;
const recoveryAnswers = await transllm.ownAnswers(base, talk.prompts, { maxTokens: 80 });
show(table([{ ...own.counts, recovery: recoveryAnswers.length }]));
table(
  recoveryAnswers.map(({ prompt, text }) => ({ prompt: prompt.at(-1)?.content, "the base's own answer": text })),
  { limit: 200 },
);

// %% watch code=folded
const line = { x: "step", tip: true };
const share = { domain: [0, 1], tickFormat: ".0%", grid: true };
const watch = [world.probes.velanChat(talk.test), world.probes.general({ limit: 4 })];

// %% [markdown]
// ## Plain fine-tuning
//
// The baseline learns from the same sentences, talk, dictionary and chats, but answers in Velan directly. It has as many steps as
// stages 2 and 3 together.

// %% plain outputs=grid
const direct = trainingChats.map(({ question, answer, sourceQuestion }) => {
  return { source: sourceQuestion, from: "Velan", to: "Velan", instruction: question, reference: answer };
});
const plain = train(base, {
  method: vanilla([...parallel, ...direct, ...direct]),
  adapter: lora({ rank }),
  steps: translatingSteps + steps,
  ...pace,
});
plain.every(400, ...watch);
Plot.plot({
  y: { label: "vanilla: loss", grid: true, zero: true },
  marks: [Plot.lineY(plain.rows, { ...line, y: "loss" })],
});

// %% [markdown]
// ## Three stages, one adapter
//
// The model first reads the new language, then learns to translate it, then to chat in it. Each stage starts when the one before has
// ended, and continues with its adapter.

// %% reading outputs=grid
const reading = readFirst
  ? train(extended, { ...stage, method: transllm.targetPretraining(talk.texts), steps: readingSteps })
  : undefined;
Plot.plot({
  y: { label: "stage 1: loss", grid: true, zero: true },
  marks: [Plot.lineY(reading?.rows ?? [], { ...line, y: "loss" })],
});

// %% translating outputs=grid
await reading?.finished;
const method = transllm.translationPretraining(tokens, parallel, englishTexts);
const translating = translateFirst
  ? train(extended, { ...stage, method, steps: translatingSteps, from: reading })
  : undefined;
Plot.plot({
  y: { label: "stage 2: loss on the translations", grid: true, zero: true },
  marks: [Plot.lineY(translating?.rows ?? [], { ...line, y: "translation" })],
});

// %% transferring outputs=grid
await translating?.finished;
const transferring = train(extended, {
  method: transllm.transferFinetuning(tokens, {
    chats: velanChats,
    chain,
    recovery: recovery ? recoveryAnswers : [],
    pairs: parallel.filter((_, index) => index % 7 === 0),
  }),
  ...stage,
  steps,
  learningRate: learningRate / 2,
  from: translating ?? reading,
});
transferring.every(400, ...transllm.finalAnswerProbes(tokens, ...watch));
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
// An answer is right if it equals the expected Velan sentence character by character; no chat was about these questions. A refusal
// counts only if it is in Velan.

// %% curves code=folded outputs=grid
const compared = { ...line, stroke: "method", marker: true };
const color = { domain: ["vanilla", "transfer-finetuning"], legend: true };
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
// The full evaluation: chat in Velan, and what is left of the other abilities. `asked` is the model as a user sees it: it returns only
// the last part of its turn. Where a turn lacks one of the special tokens, the token is inserted and the model continues.

// %% turns code=folded
await transferring.finished;
const turns = await transllm.chainTurns(
  transferring.model,
  tokens,
  talk.test.map(({ question }) => ({ messages: [{ role: "user", content: question }] })),
  { maxTokens: 40 },
);
const graded = talk.test.map((item, index) => {
  const turn = turns[index];
  const meant = talk.translate(turn?.sourceAnswer ?? "");
  return {
    ...item,
    written: turn?.text,
    questionRight: turn?.sourceQuestion === item.sourceQuestion,
    answerRight: turn?.sourceAnswer === item.sourceAnswer,
    right: turn?.answer === item.answer,
    ending: meant === undefined ? undefined : sentenceChrf(turn?.answer ?? "", [meant]),
    repairs: turn?.repairs.join(" "),
  };
});
const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
const refusalEndings = graded.flatMap(({ family, ending }) => (family === "harmful" ? (ending ?? []) : []));

// %% results
await plain.finished;
const asked = transllm.finalAnswers(transferring.model, tokens);
const translator = transllm.finalAnswers(transferring.model, tokens, { sourceOnly: "translation" });
const test = { translation: velan.test, ...world.evaluation() };
const before = await evaluate(base, { method: "base", ...test });
const withVelanChat = async ({ result, items }: Evaluation, model: ChatModel): Promise<Evaluation> => ({
  result: { ...result, ...(await world.velanChatScores(model, talk.test)) },
  items,
});
const chained = await withVelanChat(await evaluate(translator, { method: "transllm", base: before, ...test }), asked);
const ending: Record<string, number> = refusalEndings.length > 0 ? { velanRefusalEnding: mean(refusalEndings) } : {};
report(
  [
    await withVelanChat(before, base),
    await withVelanChat(await evaluate(plain.model, { method: "vanilla", base: before, ...test }), plain.model),
    { ...chained, result: { ...chained.result, ...ending } },
  ],
  { columns: world.columns },
);

// %% [markdown]
// Where does a chain of translations break? The table shows how often each of its parts is right, and how well the Velan at its end
// translates the English that the model wrote itself (chrF; where a rule can translate that English).

// %% chains code=folded
const rate = (rows: typeof graded, key: "questionRight" | "answerRight" | "right") =>
  Math.round((100 * rows.filter((row) => row[key]).length) / rows.length) / 100;
show(
  table(
    ["fact", "word", "harmful"].map((family) => {
      const rows = graded.filter((row) => row.family === family);
      return {
        family,
        questions: rows.length,
        "English question right": rate(rows, "questionRight"),
        "English answer right": rate(rows, "answerRight"),
        "Velan answer right": rate(rows, "right"),
        "Velan of its own English": mean(rows.flatMap(({ ending }) => ending ?? [])),
      };
    }),
  ),
);
table(graded, { columns: ["family", "sourceQuestion", "written", "answer", "right", "repairs"], limit: 200 });

// %% [markdown]
// ## A conversation
//
// The model was trained on single turns. Of earlier turns it gets only the English part, which it can read.

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
