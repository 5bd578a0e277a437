// Checks types in a process of its own, because TypeScript's compiler writes to the standard error of the process that starts it.
// Reads {settings, path, files} as JSON: the path of a tsconfig.json, that of the module to check, and the texts of files that exist
// in memory only. Writes the errors of the module as JSON.
import { text } from "node:stream/consumers";
import { API } from "typescript/unstable/sync";

const { settings, path, files } = JSON.parse(await text(process.stdin));
const inMemory = new Map(Object.entries(files));
const api = new API({
  fs: { readFile: (name) => inMemory.get(name), fileExists: (name) => inMemory.has(name) || undefined },
});
const project = api.updateSnapshot({ openProjects: [settings] }).getProject(settings);
if (!project) throw new Error("TypeScript did not read the notebook.");
process.stdout.write(JSON.stringify(project.program.getSemanticDiagnostics(path)));
api.close();
