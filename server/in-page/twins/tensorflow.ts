/** `cells/device/tensorflow/binding.ts` in a page. */

export function registerTensorflow(): string {
  return "TensorFlow needs a machine, and this is a page";
}

export function prepareProcess(): void {}
