/** The model of a run, which keeps the answers of tests in the run's folder. */
import type { ChatModel } from "../../contracts.ts";
import type { History } from "./history.ts";

export function withKeptAnswers(model: ChatModel, history: History): ChatModel {
  return { ...model, keepAnswers: (tests) => history.sink.answers(history.step, tests) };
}
