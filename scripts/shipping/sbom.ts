/**
 * The bill of materials of a release, in CycloneDX 1.6.
 *
 * It does not depend on the place and time of the build: the serial number comes from the content,
 * and the timestamp, if any, from SOURCE_DATE_EPOCH.
 *
 * @module
 */

/** A file of the release. */
export interface ReleasedFile {
  /** Its path in the release. */
  readonly path: string;
  /** Its SHA-256, in hex. */
  readonly sha256: string;
  /** A binary of this target; other files are bundles. */
  readonly target?: string;
}

/** A denort that binaries are built upon. */
export interface Denort {
  /** The target it runs on. */
  readonly target: string;
  /** Its SHA-256, in hex; unknown if Deno downloaded it itself. */
  readonly sha256?: string;
}

/** A library that is in the binaries. */
export interface Library {
  /** Its name, with its scope. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Its origin; `project` is a stand-in of this project. */
  readonly registry: "jsr" | "npm" | "project";
  /** Its digest by the lock file. */
  readonly hash?: { readonly alg: "SHA-256" | "SHA-512"; readonly content: string };
  /** Its licence, an SPDX identifier. */
  readonly license?: string;
}

/** The contents of a release. */
export interface Materials {
  /** The project's version. */
  readonly version: string;
  /** The version of Deno that compiled it. */
  readonly deno: string;
  /** The files. */
  readonly files: readonly ReleasedFile[];
  /** One for each target. */
  readonly denorts: readonly Denort[];
  /** The libraries in the binaries, in addition to the project's own code. */
  readonly libraries: readonly Library[];
  /** The timestamp, in seconds since 1970. */
  readonly sourceDateEpoch?: number;
}

const PROJECT = "airflow-task-runtime";

/** Builds the bill of materials as a JSON object. */
export async function billOfMaterials(materials: Materials): Promise<Record<string, unknown>> {
  const root = `${PROJECT}@${materials.version}`;
  const libraries = materials.libraries.map(libraryComponent);
  const libraryRefs = libraries.map((library) => library["bom-ref"]);
  const denorts = materials.denorts.map((denort) => denortComponent(denort, materials.deno));
  const files = materials.files.map((file) => fileComponent(file, materials.version));
  const known = new Set(denorts.map((denort) => denort["bom-ref"]));
  const dependencies = [
    { ref: root, dependsOn: files.map((file) => file["bom-ref"]) },
    ...materials.files.map(({ path, target }) => {
      const denort = target === undefined ? [] : [`denort:${target}`];
      return {
        ref: `file:${path}`,
        dependsOn: target === undefined ? [] : [
          ...denort.filter((ref) => known.has(ref)),
          ...libraryRefs,
        ],
      };
    }),
    ...[...denorts, ...libraries].map((component) => ({ ref: component["bom-ref"] })),
  ];
  const body = {
    metadata: {
      ...(materials.sourceDateEpoch === undefined
        ? {}
        : { timestamp: new Date(materials.sourceDateEpoch * 1000).toISOString() }),
      tools: {
        components: [{ type: "application", name: "deno", version: materials.deno }],
      },
      component: {
        type: "application",
        "bom-ref": root,
        name: PROJECT,
        version: materials.version,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components: [...files, ...denorts, ...libraries],
    dependencies,
    // The contents of Deno itself, V8 and Rust crates, are listed by its own releases.
    compositions: [
      { aggregate: "incomplete", assemblies: denorts.map((denort) => denort["bom-ref"]) },
      { aggregate: "complete", assemblies: [root] },
    ],
  };
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${await uuidOf(JSON.stringify(body))}`,
    version: 1,
    ...body,
  };
}

interface Component {
  readonly "bom-ref": string;
  readonly [key: string]: unknown;
}

function fileComponent({ path, sha256, target }: ReleasedFile, version: string): Component {
  return {
    type: target === undefined ? "file" : "application",
    "bom-ref": `file:${path}`,
    name: path,
    version,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    licenses: [{ license: { id: "Apache-2.0" } }],
    ...(target === undefined ? {} : { properties: [{ name: "deno:target", value: target }] }),
  };
}

function denortComponent({ target, sha256 }: Denort, version: string): Component {
  return {
    type: "platform",
    "bom-ref": `denort:${target}`,
    name: "denort",
    version,
    description: "The base of compiled binaries: Deno without its tools",
    ...(sha256 === undefined ? {} : { hashes: [{ alg: "SHA-256", content: sha256 }] }),
    licenses: [{ license: { id: "MIT" } }],
    properties: [{ name: "deno:target", value: target }],
  };
}

function libraryComponent({ name, version, registry, hash, license }: Library): Component {
  const [scope, base] = name.startsWith("@") ? name.split("/", 2) : [undefined, name];
  const purl = registry === "npm"
    ? { purl: `pkg:npm/${name.replace(/^@/, "%40")}@${encodeURIComponent(version)}` }
    : {};
  return {
    type: "library",
    "bom-ref": `${registry}:${name}@${version}`,
    ...(scope === undefined ? {} : { group: scope }),
    name: base,
    version,
    ...(registry === "project" ? { description: "Stand-in of this project" } : {}),
    ...(hash === undefined ? {} : { hashes: [hash] }),
    ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }),
    ...purl,
    properties: [{ name: "deno:registry", value: registry }],
  };
}

/** Derives a UUID (version 8, RFC 9562) from a text. */
async function uuidOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const bytes = new Uint8Array(digest).subarray(0, 16);
  const view = new DataView(bytes.buffer);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x80);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = bytes.toHex();
  const ends = [8, 12, 16, 20, 32];
  return ends.map((end, at) => hex.slice(ends[at - 1] ?? 0, end)).join("-");
}
