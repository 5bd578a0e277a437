/**
 * Measures of continual learning. A model is trained in stages, and after each all tasks are scored; a task is *learnt* at
 * one stage, or at stage 0 when the base could do it already. All that these measures say is about the tasks learnt before
 * the last stage: how much of them is left.
 *
 * They are means over those tasks, and their number is stated as `divisor`, because texts differ in it: with T tasks learnt
 * one after the other it is T − 1 here as in Lopez-Paz and Ranzato (2017, https://arxiv.org/abs/1706.08840), whose own
 * program divides by T.
 */

export type TaskScores = {
  readonly task: string;
  /** The score after each stage; the first is the base's, before any training. */
  readonly scores: readonly number[];
  /** The stage whose training taught the task; 0, the base, unless given. */
  readonly learnt?: number;
};

export type TaskLoss = {
  readonly task: string;
  /** Last score minus the one right after learning it. */
  readonly transfer: number;
  /** Best score before the last stage minus the last. */
  readonly forgotten: number;
  /** Last score ÷ the one right after learning it; undefined where that was 0. */
  readonly retained: number | undefined;
};

export type ContinualMeasures = {
  /** The mean of all tasks' last scores. */
  readonly averageAccuracy: number;
  /** BWT: negative where learning the later tasks harmed the earlier. */
  readonly backwardTransfer: number;
  /** Chaudhry et al. (2018, https://arxiv.org/abs/1801.10112). */
  readonly forgetting: number;
  /** The mean share of the earlier tasks that is left, over those that could be done at all. */
  readonly retention: number;
  /** How many tasks were learnt before the last stage: what the sums are divided by. */
  readonly divisor: number;
  /** Tasks learnt before the last stage, one by one. */
  readonly tasks: readonly TaskLoss[];
};

/**
 * Scores are fractions, higher is better. Where no task was learnt before the last stage, the measures but `averageAccuracy`
 * are NaN: there was nothing to forget.
 * @throws if the tasks were not all scored after the same stages, or a task was learnt at none of them.
 */
export function continualMeasures(tasks: readonly TaskScores[]): ContinualMeasures {
  const stages = tasks[0]?.scores.length ?? 0;
  if (stages === 0) throw new Error("Measures of continual learning need tasks that were scored at least once.");
  for (const { task, scores, learnt = 0 } of tasks) {
    if (scores.length !== stages)
      throw new Error(`"${task}" was scored after ${scores.length} stages, "${tasks[0]?.task}" after ${stages}.`);
    if (scores[learnt] === undefined)
      throw new Error(`"${task}" is said to be learnt at stage ${learnt}; stages go from 0 to ${stages - 1}.`);
  }
  const earlier = tasks.filter(({ learnt = 0 }) => learnt < stages - 1).map(loss);
  return {
    averageAccuracy: mean(tasks.map(({ scores }) => scores.at(-1)!)),
    backwardTransfer: mean(earlier.map(({ transfer }) => transfer)),
    forgetting: mean(earlier.map(({ forgotten }) => forgotten)),
    retention: mean(earlier.map(({ retained }) => retained).filter((share) => share !== undefined)),
    divisor: earlier.length,
    tasks: earlier,
  };
}

function loss({ task, scores, learnt = 0 }: TaskScores): TaskLoss {
  const last = scores.at(-1)!;
  const first = scores[learnt]!;
  const best = Math.max(...scores.slice(0, -1));
  return { task, transfer: last - first, forgotten: best - last, retained: first > 0 ? last / first : undefined };
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
