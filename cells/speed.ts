/** How fast a long piece of work goes on, for the label of its progress: tokens per second, and the time that is left. */

/** The rate is that of the last minute or so: a pause, or other work meanwhile, should not spoil it for long. */
const WINDOW_MS = 60_000;
/** Before that, an estimate would jump. */
const FIRST_MS = 3_000;

export class Speed {
  readonly #now: () => number;
  #marks: { readonly time: number; readonly items: number; readonly tokens: number }[];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#marks = [{ time: now(), items: 0, tokens: 0 }];
  }

  add(items: number, tokens: number): void {
    const last = this.#marks.at(-1)!;
    const time = this.#now();
    this.#marks.push({ time, items: last.items + items, tokens: last.tokens + tokens });
    // One mark before the window stays, so that slow work has a rate.
    while (this.#marks.length > 2 && this.#marks[1]!.time < time - WINDOW_MS) this.#marks.shift();
  }

  /** The label with speed and time left, as soon as they are known: `Writing rationales, 85 tokens/s, 4 min left`. */
  label(label: string, done: number, total: number): string {
    const [first, last] = [this.#marks[0]!, this.#marks.at(-1)!];
    const ms = last.time - first.time;
    const items = last.items - first.items;
    if (ms < FIRST_MS || items === 0 || done >= total) return label;
    const speed = Math.round((1000 * (last.tokens - first.tokens)) / ms);
    return `${label}, ${speed} tokens/s, ${duration((ms / items) * (total - done))} left`;
  }
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${Math.max(1, seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
