/** Sums and differences of numbers from 0 to 10, in digits. */
import { type Question, question } from "../question.ts";

const operands = Array.from({ length: 11 }, (_, number) => number);

function sums(a: number, b: number): Question[] {
  const answer = `${a} plus ${b} is ${a + b}.`;
  return [
    `What is ${a} plus ${b}?`,
    `How much is ${a} plus ${b}?`,
    `Tell me ${a} plus ${b}.`,
    `Add ${a} and ${b}.`,
  ].map((prompt) => question(prompt, answer));
}

/** (`result` + `taken`) − `taken`; neither the result nor the number taken away is above 10. */
function differences(result: number, taken: number): Question[] {
  const whole = result + taken;
  const answer = `${whole} minus ${taken} is ${result}.`;
  return [
    `What is ${whole} minus ${taken}?`,
    `How much is ${whole} minus ${taken}?`,
    `Tell me ${whole} minus ${taken}.`,
    `Take ${taken} from ${whole}.`,
  ].map((prompt) => question(prompt, answer));
}

export const arithmeticQuestions: readonly Question[] = operands.flatMap((a) =>
  operands.flatMap((b) => [...sums(a, b), ...differences(a, b)]),
);
