/**
 * Records a run: what goes over both sockets, secrets masked. Loaded only when asked for.
 *
 * @module
 */
import {
  RECORDING_VERSION,
  type RecordingEntry,
  type RecordingLine,
  recordingLine,
} from "../../protocol/recording.ts";
import { redact } from "../../protocol/redaction.ts";
import { SecretsMask } from "../../protocol/secrets_mask.ts";
import { secretForms } from "../../supervisor/secret_forms.ts";
import type { Transport } from "../../supervisor/transport.ts";
import { decode } from "../../wire/decoder.ts";
import { FrameDecoder } from "../../wire/frame.ts";
import { openRecording, shortName } from "./recording_file.ts";
import { VERSION } from "../version.ts";
import { fieldsIn, textOrNull } from "../../values.ts";

/** The longest recording of a run, in bytes. The rest of a longer run is left out. */
export const MAX_RECORDING_BYTES: number = 16 * 1024 * 1024;

/** Options for {@linkcode Recorder}. */
export interface RecorderOptions {
  /** The file, if it was opened before the process dropped the permission to write. */
  readonly file?: Deno.FsFile | undefined;
  /** The longest recording, in bytes; 16 MiB by default. */
  readonly maxBytes?: number;
}

/** Writes the recording of a run. A failure ends the recording, not the run. */
export class Recorder {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #run = crypto.randomUUID().slice(0, 8);
  readonly #started = Date.now();
  readonly #secrets = new SecretsMask(secretForms);
  readonly #encoder = new TextEncoder();
  readonly #lines: { readonly line: RecordingLine; text: string }[] = [];
  readonly #opened: Deno.FsFile | undefined;
  #file: Deno.FsFile | undefined;
  /** The offset of this run in the file, and the bytes written of it. */
  #offset = 0;
  #bytes = 0;
  /** True once the recording takes no more lines. Secrets are still registered for earlier lines. */
  #isCut = false;
  #isOver = false;

  /**
   * Records to `file`, or appends to the file at `path`, or creates a file if `path` is a directory.
   */
  constructor(path: string, { file, maxBytes = MAX_RECORDING_BYTES }: RecorderOptions = {}) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#opened = file;
    const time = new Date(this.#started).toISOString();
    const deno = Deno.version.deno;
    this.#add({ kind: "start", recording: RECORDING_VERSION, time, runtime: VERSION, deno });
  }

  /** Returns a transport for frames that records what passes through it. */
  comm(transport: Transport): Transport {
    return this.#tap(transport, this.#frames("received"), this.#frames("sent"));
  }

  /** Returns a transport for log lines that records what passes through it. */
  logs(transport: Transport): Transport {
    const decoder = new TextDecoder();
    let rest = "";
    return this.#tap(transport, () => {}, (bytes) => {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!this.#isCut) this.#add({ kind: "log", line: JSON.parse(line) });
      }
    });
  }

  /** Completes the recording of a process that exits with `exitCode`. */
  finish(exitCode: number): void {
    this.#guard(() => this.#add({ kind: "end", exitCode }));
    this.#guard(() => this.#maskAgain());
    this.#isOver = true;
    this.#file?.close();
  }

  #frames(kind: "received" | "sent"): (bytes: Uint8Array) => void {
    const decoder = new FrameDecoder();
    return (bytes) => {
      for (const payload of decoder.push(bytes)) {
        const frame = decode(payload);
        const known = this.#secrets.size;
        this.#registerSecrets(frame);
        // At once, because the process may be killed before finish().
        if (this.#secrets.size > known && this.#containsSecret()) this.#maskAgain();
        this.#add({ kind, frame });
      }
    };
  }

  #tap(
    transport: Transport,
    onRead: (bytes: Uint8Array) => void,
    onWrite: (bytes: Uint8Array) => void,
  ): Transport {
    return {
      read: async (buffer) => {
        const length = await transport.read(buffer);
        if (length !== null) this.#guard(() => onRead(buffer.subarray(0, length)));
        return length;
      },
      write: async (bytes) => {
        const length = await transport.write(bytes);
        this.#guard(() => onWrite(bytes.subarray(0, length)));
        return length;
      },
      close: () => transport.close(),
    };
  }

  #guard(work: () => void): void {
    if (this.#isOver) return;
    try {
      work();
    } catch (error) {
      if (this.#isCut) return;
      this.#isCut = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#say(`Cannot record to ${this.#path}: ${reason}\n`);
    }
  }

  #say(text: string): void {
    try {
      Deno.stderr.writeSync(this.#encoder.encode(text));
    } catch {
      // The handler closed stderr.
    }
  }

  /** Registers secrets by the same rules as MaskingRequester. */
  #registerSecrets(frame: unknown): void {
    const [, body]: unknown[] = Array.isArray(frame) ? frame : [];
    const { type, ti_context, value, key, name } = fieldsIn(body);
    if (type === "ConnectionResult") this.#registerConnection(body);
    if (type === "VariableResult" && typeof key === "string") this.#secrets.add(value, key);
    if (type === "MaskSecret") this.#secrets.add(value, typeof name === "string" ? name : null);
    const { connections, variables } = fieldsIn(ti_context);
    for (const one of Array.isArray(connections) ? connections : []) this.#registerConnection(one);
    for (const one of Array.isArray(variables) ? variables : []) {
      this.#secrets.add(fieldsIn(one)["value"], String(fieldsIn(one)["key"]));
    }
  }

  #registerConnection(connection: unknown): void {
    const { password, extra } = fieldsIn(connection);
    this.#secrets.addConnection({ password: textOrNull(password), extra: textOrNull(extra) });
  }

  #add(entry: RecordingEntry): void {
    if (this.#isCut) return;
    const line: RecordingLine = { run: this.#run, ms: Date.now() - this.#started, ...entry };
    const text = this.#textOf(line);
    // The first message names the file, so the start is written later.
    if (entry.kind === "start") {
      this.#lines.push({ line, text });
      return;
    }
    if (this.#file === undefined) {
      this.#file = this.#open(entry);
      for (const { text } of this.#lines) this.#append(text);
    }
    if (this.#bytes + text.length > this.#maxBytes) return this.#cut(line.ms);
    this.#lines.push({ line, text });
    this.#append(text);
  }

  #cut(ms: number): void {
    const reason = `more than ${this.#maxBytes} bytes`;
    const line: RecordingLine = { run: this.#run, ms, kind: "cut", reason };
    const text = this.#textOf(line);
    this.#lines.push({ line, text });
    this.#append(text);
    this.#isCut = true;
  }

  /** Writes a line in one write, because several processes may share the file. */
  #append(text: string): void {
    const bytes = this.#encoder.encode(text);
    for (let at = 0; at < bytes.length;) {
      const written = this.#file?.writeSync(bytes.subarray(at)) ?? 0;
      at += written;
      this.#bytes += written;
    }
  }

  #textOf(line: RecordingLine): string {
    const mask = (text: string): string => this.#secrets.mask(text);
    const { run, ms, kind } = line;
    const content = Object.entries(line).map(([key, value]) => [key, redact(value, mask)]);
    return recordingLine({ ...line, ...Object.fromEntries(content), run, ms, kind });
  }

  /** Tells whether a written line contains a secret, which is faster than redacting all again. */
  #containsSecret(): boolean {
    return this.#lines.some(({ text }) => this.#secrets.mask(text) !== text);
  }

  /** Rewrites the lines, because earlier ones may contain a secret that is registered later. */
  #maskAgain(): void {
    const file = this.#file;
    const isClean = this.#lines.every(({ line, text }) => this.#textOf(line) === text);
    if (file === undefined || isClean) return;
    // Another run has appended lines, so those before them cannot be rewritten.
    if (sizeOf(file) !== this.#offset + this.#bytes) return;
    file.truncateSync(this.#offset);
    this.#bytes = 0;
    for (const each of this.#lines) {
      each.text = this.#textOf(each.line);
      this.#append(each.text);
    }
  }

  #open(first: RecordingEntry): Deno.FsFile {
    const file = this.#opened ?? openRecording(this.#path, () => this.#fileName(first));
    this.#offset = sizeOf(file);
    return file;
  }

  /** Returns a unique name from the task, the time and the run. */
  #fileName(first: RecordingEntry): string {
    const frame = first.kind === "received" ? first.frame : undefined;
    const { ti } = fieldsIn(Array.isArray(frame) ? frame[1] : undefined);
    const { dag_id, task_id, try_number, map_index } = fieldsIn(ti);
    const names = ti === undefined ? ["run"] : [
      namePart(dag_id),
      namePart(task_id),
      ...(typeof map_index === "number" && map_index >= 0 ? [map_index] : []),
      `try${try_number}`,
    ];
    const time = new Date(this.#started).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    return `${[...names, time, this.#run].join("__")}.jsonl`;
  }
}

/** Shortens an id, and replaces characters that a file name cannot have. */
function namePart(id: unknown): string {
  return shortName(String(id).replaceAll(/[^\p{L}\p{N}_.-]/gu, "_"), 90);
}

/** Returns the size of a file without the permission to read. */
function sizeOf(file: Deno.FsFile): number {
  return file.seekSync(0, Deno.SeekMode.End);
}
