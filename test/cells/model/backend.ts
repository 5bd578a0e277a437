/** Sets the tfjs backend, with the device functions registered. */
import * as tf from "@tensorflow/tfjs";
import "../../../cells/device/functions.ts";

export async function useBackend(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`The backend ${name} cannot be used here.`);
  await tf.ready();
}
