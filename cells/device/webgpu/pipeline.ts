/** Turns a program into a pipeline of a device, and its parameters into the bytes of a uniform buffer. */
import type { Program } from "./program.ts";

export type Pipeline = { readonly pipeline: GPUComputePipeline; readonly layout: GPUBindGroupLayout };

/** Compiles each program once. */
export function pipelines(device: GPUDevice): (program: Program) => Pipeline {
  const compiled = new WeakMap<Program, Pipeline>();
  return (program) => {
    let pipeline = compiled.get(program);
    if (!pipeline) {
      pipeline = compile(device, program);
      compiled.set(program, pipeline);
    }
    return pipeline;
  };
}

function compile(device: GPUDevice, program: Program): Pipeline {
  const entries = program.buffers.map(({ written }, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: written ? ("storage" as const) : ("read-only-storage" as const) },
  }));
  const uniform = {
    binding: entries.length,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: "uniform" as const },
  };
  const layout = device.createBindGroupLayout({ entries: [...entries, uniform] });
  const pipeline = device.createComputePipeline({
    label: program.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label: program.name, code: program.code }) },
  });
  return { pipeline, layout };
}

/** @throws naming the parameter that has no value. */
export function uniformBytes({ name, parameters }: Program, values: Readonly<Record<string, number>>): ArrayBuffer {
  const bytes = new ArrayBuffer(Math.max(16, Math.ceil(parameters.length / 4) * 16));
  const [integers, floats] = [new Uint32Array(bytes), new Float32Array(bytes)];
  for (const [i, { name: parameter, type }] of parameters.entries()) {
    const value = values[parameter];
    if (value === undefined) throw new Error(`The program ${name} was run without ${parameter}.`);
    (type === "u32" ? integers : floats)[i] = value;
  }
  return bytes;
}
