/**
 * The metadata of a packed record: an RO-Crate 1.3 with the Workflow Run profile, so that archives and other tools know what was run
 * with which inputs, when, and what came out. Data sets are described as Croissant besides.
 */
import { canonicalJson } from "./canonical-json.ts";
import { type ExperimentRecord, OUTPUTS, RECORD_JSON, RESULTS, type RecordedFile, WORKSPACE } from "./record.ts";

export const METADATA = "ro-crate-metadata.json";
export const CROISSANT = "croissant.json";

type Entity = {
  readonly "@id": string;
  readonly "@type": string | readonly string[];
  readonly [name: string]: unknown;
};

const reference = (id: string) => ({ "@id": id });
const TYPES: Readonly<Record<string, string>> = {
  ts: "text/typescript",
  js: "text/javascript",
  json: "application/json",
  jsonl: "application/jsonl",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  txt: "text/plain",
  md: "text/markdown",
  parquet: "application/vnd.apache.parquet",
};
/** Endings of files that are data sets. */
const DATA_SETS = ["csv", "tsv", "jsonl", "parquet"];

/** The files that are made for the archive, by their paths. */
export function crateOf(record: ExperimentRecord): ReadonlyMap<string, string> {
  const sets = record.data.filter(({ path, included }) => included && DATA_SETS.includes(endingOf(path)));
  const texts = new Map([[METADATA, `${canonicalJson(metadataOf(record, sets.length > 0))}\n`]]);
  if (sets.length > 0) texts.set(CROISSANT, `${canonicalJson(croissantOf(record, sets))}\n`);
  return texts;
}

function metadataOf(record: ExperimentRecord, described: boolean): object {
  const notebook = `${WORKSPACE}/${record.notebook}`;
  const files = record.files.map((file) => fileEntity(file, notebook));
  const inputs = Object.entries(record.inputs).map(([name, value]) => ({ name, value, id: encodeURIComponent(name) }));
  const own = [RECORD_JSON, ...(described ? [CROISSANT] : [])].map((path): Entity => {
    return { "@id": path, "@type": "File", encodingFormat: TYPES.json, name: path };
  });
  const data = record.data.filter(({ included }) => included).map(({ path }) => reference(`${WORKSPACE}/${path}`));
  const produced = record.files.filter(({ path }) => path === OUTPUTS || path === RESULTS || path.startsWith("runs/"));
  const when = { startTime: record.created, ...(record.ended !== undefined && { endTime: record.ended }) };
  const profiles = ["process/0.5", "workflow/0.5"].map((name) => `https://w3id.org/ro/wfrun/${name}`);
  profiles.push("https://w3id.org/workflowhub/workflow-ro-crate/1.0");
  const graph: Entity[] = [
    {
      "@id": METADATA,
      "@type": "CreativeWork",
      about: reference("./"),
      conformsTo: reference("https://w3id.org/ro/crate/1.3"),
    },
    {
      "@id": "./",
      "@type": "Dataset",
      name: `Record ${record.id}`,
      description: `Everything that made the numbers of the notebook ${record.notebook}, to be repeated and verified with Palimpsest.`,
      datePublished: record.ended ?? record.created,
      license: reference("#licence"),
      conformsTo: profiles.map(reference),
      mainEntity: reference(notebook),
      mentions: [reference("#run")],
      hasPart: [...own, ...files].map((each) => reference(each["@id"])),
    },
    ...profiles.map(
      (id): Entity => ({ "@id": id, "@type": "CreativeWork", name: profileName(id), version: version(id) }),
    ),
    { "@id": "#licence", "@type": "CreativeWork", name: "Not given: ask the authors of the files" },
    { "@id": "#typescript", "@type": "ComputerLanguage", name: "TypeScript", url: "https://www.typescriptlang.org" },
    {
      "@id": "#palimpsest",
      "@type": "SoftwareApplication",
      name: "Palimpsest",
      softwareVersion: [record.environment.palimpsest, record.environment.commit].filter(Boolean).join(" "),
    },
    {
      "@id": "#run",
      "@type": "CreateAction",
      name: `Run of ${record.notebook}`,
      instrument: reference(notebook),
      ...when,
      actionStatus: reference(`http://schema.org/${actionStatus(record.status)}`),
      object: [...data, ...inputs.map(({ id }) => reference(`#value-${id}`))],
      result: produced.map(({ path }) => reference(path)),
    },
    ...inputs.flatMap(({ name, value, id }): Entity[] => [
      {
        "@id": `#input-${id}`,
        "@type": "FormalParameter",
        additionalType: typeof value === "number" ? "Number" : typeof value === "boolean" ? "Boolean" : "Text",
        conformsTo: reference("https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"),
        name,
      },
      {
        "@id": `#value-${id}`,
        "@type": "PropertyValue",
        exampleOfWork: reference(`#input-${id}`),
        name,
        value: typeof value === "object" ? JSON.stringify(value) : value,
      },
    ]),
    ...own,
    ...files.map((file) =>
      file["@id"] === notebook ? { ...file, input: inputs.map(({ id }) => reference(`#input-${id}`)) } : file,
    ),
  ];
  return {
    "@context": ["https://w3id.org/ro/crate/1.3/context", "https://w3id.org/ro/terms/workflow-run/context"],
    "@graph": graph,
  };
}

function fileEntity({ path, sha256, bytes }: RecordedFile, notebook: string): Entity {
  const type = TYPES[endingOf(path)];
  const about = {
    name: path.split("/").at(-1),
    contentSize: String(bytes),
    sha256,
    ...(type && { encodingFormat: type }),
  };
  if (path !== notebook) return { "@id": path, "@type": "File", ...about };
  const language = { programmingLanguage: reference("#typescript"), isPartOf: reference("./") };
  return { "@id": path, "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"], ...about, ...language };
}

function croissantOf(record: ExperimentRecord, sets: readonly RecordedFile[]): object {
  return {
    "@context": {
      "@vocab": "https://schema.org/",
      cr: "http://mlcommons.org/croissant/",
      dct: "http://purl.org/dc/terms/",
      sc: "https://schema.org/",
      conformsTo: "dct:conformsTo",
    },
    "@type": "sc:Dataset",
    conformsTo: "http://mlcommons.org/croissant/1.1",
    name: `data of ${record.id}`,
    description: `The data files of the notebook ${record.notebook}.`,
    datePublished: record.created,
    distribution: sets.map(({ path, sha256, bytes }) => ({
      "@type": "cr:FileObject",
      "@id": path,
      name: path,
      contentUrl: `${WORKSPACE}/${path}`,
      contentSize: `${bytes} B`,
      encodingFormat: TYPES[endingOf(path)],
      sha256,
    })),
  };
}

function actionStatus(status: ExperimentRecord["status"]): string {
  if (status === "done") return "CompletedActionStatus";
  return status === "running" ? "ActiveActionStatus" : "FailedActionStatus";
}

function profileName(id: string): string {
  if (id.includes("workflowhub")) return "Workflow RO-Crate";
  return id.includes("process") ? "Process Run Crate" : "Workflow Run Crate";
}

function version(id: string): string {
  return id.split("/").at(-1) ?? "";
}

function endingOf(path: string): string {
  return path.split(".").at(-1)?.toLowerCase() ?? "";
}
