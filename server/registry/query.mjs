// Where the process that answers a query begins: it loads TypeScript and then the rest.
import { register } from "tsx/esm/api";

// A tsconfig.json of the workspace must not decide which code of ours is loaded.
register({ tsconfig: false });
await import("./query-main.ts");
