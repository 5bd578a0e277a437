/**
 * Backward passes that hold no more than they need. tfjs keeps every saved activation and every gradient on the way until
 * the whole pass is over; here each is freed as soon as the pass is behind it. And a pass may run inside another one,
 * which makes it possible to compute a part of the forward pass a second time instead of keeping what it made
 * (gradient checkpointing, Chen et al. 2016, https://arxiv.org/abs/1604.06174).
 */
import * as tf from "@tensorflow/tfjs";

type Tape = NonNullable<ReturnType<typeof tf.engine>["state"]["activeTape"]>;

/**
 * The value of `f` and its gradient with respect to each of `xs`, undefined where f does not depend on it. The tensors are the
 * caller's. May be called while another backward pass is under way, which tfjs's own functions may not.
 * @param dy what comes from behind, of f's shape; ones where left out
 */
export function gradientsOf(
  f: () => tf.Tensor,
  xs: readonly tf.Tensor[],
  dy?: tf.Tensor,
): { value: tf.Tensor; gradients: (tf.Tensor | undefined)[] } {
  const { state } = tf.engine();
  // The engine has one tape at a time; the inner pass would leave none for the outer one to clear.
  const outer = state.activeTape;
  try {
    const taped = (): tf.Tensor => {
      const y = f();
      if (state.activeTape) freeBehind(state.activeTape, new Set(xs.map(({ id }) => id)));
      return y;
    };
    // The engine's own function, as `tf.variableGrads` wants variables, which live in a global registry by name.
    const { value, grads } = tf.engine().gradients(taped, [...xs], dy, true);
    return { value, gradients: grads };
  } catch (error) {
    for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
    throw error;
  } finally {
    if (outer) state.activeTape = outer;
  }
}

/** The tape is walked from its end: when a node's turn comes, what the node before it had saved and was given is done with. */
function freeBehind(tape: Tape, wanted: ReadonlySet<number>): void {
  let done: (tf.Tensor | undefined | null)[] = [];
  for (const node of tape) {
    const gradient = node.gradient;
    if (!gradient) continue;
    node.gradient = (dys) => {
      for (const tensor of done) tensor?.dispose();
      done = [...(node.saved ?? []), ...dys.filter((_, at) => !wanted.has(node.outputs[at]!.id))];
      const thunks = Object.entries(gradient(dys)).map(([input, thunk]) => {
        // A gradient that only hands on what it was given must outlive it.
        const own = (): tf.Tensor => {
          const dx = thunk();
          return dys.includes(dx) ? dx.clone() : dx;
        };
        return [input, own] as const;
      });
      return Object.fromEntries(thunks);
    };
  }
}

/**
 * compute(inputs), of which a backward pass keeps the inputs alone and computes the rest again.
 * @param inputs all that `compute` uses and that may be gone when the pass comes
 * @param wanted whatever needs a gradient: inputs, and parameters that stay where they are
 */
export function recomputed<I extends { readonly [name: string]: tf.Tensor | undefined }>(
  compute: (inputs: I) => tf.Tensor,
  inputs: I,
  wanted: readonly tf.Tensor[],
): tf.Tensor {
  const given = Object.entries(inputs).flatMap(([name, tensor]) => (tensor ? [[name, tensor] as const] : []));
  const once = tf.customGrad((...all: (tf.Tensor | tf.GradSaveFunc)[]) => {
    (all.at(-1) as tf.GradSaveFunc)(given.map(([, tensor]) => tensor));
    return {
      value: compute(inputs),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const kept = new Map(given.map(([, tensor], at) => [tensor, saved[at]!]));
        const xs = wanted.map((tensor) => kept.get(tensor) ?? tensor);
        const again = Object.fromEntries(given.map(([name], at) => [name, saved[at]])) as I;
        const { value, gradients } = gradientsOf(() => compute(again), xs, dy);
        value.dispose();
        return gradients.map((gradient, at) => gradient ?? tf.zerosLike(xs[at]!));
      },
    };
  });
  return once(...wanted);
}
