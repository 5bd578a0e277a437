/**
 * The global names that a cell can use: those of Node 20 and of newer versions. The list is fixed, because page and server
 * must agree, and a browser has other globals than the kernel.
 */
export const GLOBALS: ReadonlySet<string> = new Set(
  `AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Blob Boolean
  BroadcastChannel Buffer ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent
  DOMException DataView Date DecompressionStream Error EvalError Event EventTarget File FinalizationRegistry Float32Array
  Float64Array FormData Function Headers Infinity Int16Array Int32Array Int8Array Intl JSON Map Math MessageChannel
  MessageEvent MessagePort NaN Number Object Performance PerformanceEntry PerformanceMark PerformanceMeasure
  PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming Promise Proxy RangeError
  ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest
  ReadableStreamDefaultController ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response Set
  SharedArrayBuffer String SubtleCrypto Symbol SyntaxError TextDecoder TextDecoderStream TextEncoder TextEncoderStream
  TransformStream TransformStreamDefaultController TypeError URIError URL URLSearchParams Uint16Array Uint32Array
  Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WritableStream WritableStreamDefaultController
  WritableStreamDefaultWriter atob btoa clearImmediate clearInterval clearTimeout console crypto decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape eval fetch global globalThis isFinite isNaN parseFloat parseInt
  performance process queueMicrotask setImmediate setInterval setTimeout structuredClone undefined unescape
  CloseEvent EventSource Float16Array Iterator Navigator WebSocket navigator`.split(/\s+/),
);

/** Names that exist in the code of a file or a function, but not in a cell. */
export const ONLY_IN_FILES: ReadonlySet<string> = new Set([
  "arguments",
  "require",
  "module",
  "exports",
  "__dirname",
  "__filename",
]);

/** Names that users know from other JavaScript code and that cells do not have, each with what to do instead. */
export const INSTEAD_OF: ReadonlyMap<string, string> = new Map([
  ["require", 'Write import … from "…" instead.'],
  ["module", "A cell does not need to export anything: other cells can use all names that it declares."],
  ["exports", "A cell does not need to export anything: other cells can use all names that it declares."],
  ["__dirname", "Paths are relative to the folder of the notebook."],
  ["__filename", "Paths are relative to the folder of the notebook."],
  ["arguments", "It exists only inside functions."],
  ["window", "Cells run in the kernel, not in the page."],
  ["document", "Cells run in the kernel, not in the page."],
]);
