/** `node:async_hooks` in a page. */
export { AsyncLocalStorage } from "./context.ts";
