/**
 * Backward passes that use little memory. tfjs keeps every saved activation and every intermediate gradient until the backward pass has
 * finished; here each is freed as soon as it is no longer needed. A pass may also run inside another one, which makes gradient
 * checkpointing possible: a part of the forward pass is computed again instead of saved (Chen et al. 2016,
 * https://arxiv.org/abs/1604.06174).
 */
import * as tf from "@tensorflow/tfjs";

type Tape = NonNullable<ReturnType<typeof tf.engine>["state"]["activeTape"]>;

/**
 * The value of `f` and its gradient with respect to each of `xs`, undefined if f does not depend on it. The caller owns the tensors.
 * Unlike tfjs's own functions, this can be called during another backward pass.
 * @param dy the gradient with respect to f's value, of its shape; ones by default
 */
export function gradientsOf(
  f: () => tf.Tensor,
  xs: readonly tf.Tensor[],
  dy?: tf.Tensor,
): { value: tf.Tensor; gradients: (tf.Tensor | undefined)[] } {
  const { state } = tf.engine();
  // The engine has one tape at a time. After the inner pass the outer tape is restored, since the outer pass has to clear it.
  const outer = state.activeTape;
  try {
    const taped = (): tf.Tensor => {
      const y = f();
      if (state.activeTape) freeEarly(state.activeTape, new Set(xs.map(({ id }) => id)));
      return y;
    };
    // The engine's function, since `tf.variableGrads` needs variables, which are in a global registry by name.
    const { value, grads } = tf.engine().gradients(taped, [...xs], dy, true);
    return { value, gradients: grads };
  } catch (error) {
    for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
    throw error;
  } finally {
    if (outer) state.activeTape = outer;
  }
}

/** The tape is processed from its end. When a node is processed, the saved tensors and gradients of the previous one are no longer needed. */
function freeEarly(tape: Tape, wanted: ReadonlySet<number>): void {
  let done: (tf.Tensor | undefined | null)[] = [];
  for (const node of tape) {
    const gradient = node.gradient;
    if (!gradient) continue;
    node.gradient = (dys) => {
      for (const tensor of done) tensor?.dispose();
      done = [...(node.saved ?? []), ...dys.filter((_, at) => !wanted.has(node.outputs[at]!.id))];
      const thunks = Object.entries(gradient(dys)).map(([input, thunk]) => {
        // A gradient function may return its input, which is freed before the result is used.
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
 * The result of `compute(inputs)`. Only the inputs are saved for the backward pass, which computes the rest again.
 * @param inputs all tensors that `compute` uses and that may be disposed before the backward pass
 * @param wanted the tensors that need a gradient: inputs, and parameters that stay alive
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
        const savedOf = new Map(given.map(([, tensor], at) => [tensor, saved[at]!]));
        const xs = wanted.map((tensor) => savedOf.get(tensor) ?? tensor);
        const again = Object.fromEntries(given.map(([name], at) => [name, saved[at]])) as I;
        const { value, gradients } = gradientsOf(() => compute(again), xs, dy);
        value.dispose();
        return gradients.map((gradient, at) => gradient ?? tf.zerosLike(xs[at]!));
      },
    };
  });
  return once(...wanted);
}
