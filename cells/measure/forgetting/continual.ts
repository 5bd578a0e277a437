/**
 * Measures of continual learning. A model is trained in stages, and all tasks are scored after each stage. A task is *learnt*
 * at one stage, or at stage 0 if the base could do it already. The measures tell how much is left of the tasks that were learnt
 * before the last stage.
 *
 * They are means over those tasks. The number of those tasks is in the result as `divisor`, because publications differ: with T
 * tasks learnt one after the other it is T − 1 here, as in the paper by Lopez-Paz and Ranzato (2017,
 * https://arxiv.org/abs/1706.08840), while their program divides by T.
 */

export type StageScores = {
  readonly task: string;
  /** The score after each stage; the first one is that of the base, before any training. */
  readonly scores: readonly number[];
  /** The stage that taught the task. Default: 0, the base. */
  readonly learnt?: number;
};

export type TaskLoss = {
  readonly task: string;
  /** The last score minus the score right after the task was learnt. */
  readonly transfer: number;
  /** The best score before the last stage minus the last score. */
  readonly forgotten: number;
  /** The last score ÷ the score right after the task was learnt; undefined where that was 0. */
  readonly retained: number | undefined;
};

export type ContinualMeasures = {
  /** The mean of the last scores of all tasks. */
  readonly averageAccuracy: number;
  /** BWT: negative where learning later tasks harmed earlier ones. */
  readonly backwardTransfer: number;
  /** Chaudhry et al. (2018, https://arxiv.org/abs/1801.10112). */
  readonly forgetting: number;
  /** The mean of `retained`, over the tasks where it is defined. */
  readonly retention: number;
  /** The number of tasks that were learnt before the last stage: the divisor of the means. */
  readonly divisor: number;
  /** Each task that was learnt before the last stage. */
  readonly tasks: readonly TaskLoss[];
};

/**
 * @param tasks with scores from 0 to 1, where higher is better
 * @returns all measures but `averageAccuracy` are NaN if no task was learnt before the last stage: there was nothing to forget
 * @throws if the tasks do not have the same number of scores, or a task's `learnt` is none of the stages.
 */
export function continualMeasures(tasks: readonly StageScores[]): ContinualMeasures {
  const stages = tasks[0]?.scores.length ?? 0;
  if (stages === 0)
    throw new Error("There are no scores. Measures of continual learning need tasks that were scored at least once.");
  for (const { task, scores, learnt = 0 } of tasks) {
    if (scores.length !== stages)
      throw new Error(
        `"${task}" was scored after ${scores.length} stages, but "${tasks[0]?.task}" after ${stages}. Score all tasks after every stage.`,
      );
    if (scores[learnt] === undefined)
      throw new Error(`"${task}" has learnt: ${learnt}, which is no stage. Stages go from 0 to ${stages - 1}.`);
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

function loss({ task, scores, learnt = 0 }: StageScores): TaskLoss {
  const last = scores.at(-1)!;
  const first = scores[learnt]!;
  const best = Math.max(...scores.slice(0, -1));
  return { task, transfer: last - first, forgotten: best - last, retained: first > 0 ? last / first : undefined };
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
