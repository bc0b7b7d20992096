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
import { fieldsIn } from "../../values.ts";

/** The most that one run may take, in bytes; what follows is left out, with a mark. */
export const MAX_RECORDING_BYTES: number = 16 * 1024 * 1024;

/** How a run is recorded. */
export interface RecorderOptions {
  /** What to write to, opened before the bundle lost the permission to. */
  readonly file?: Deno.FsFile | undefined;
  /** The most that the run may take, in bytes; 16 MiB by default. */
  readonly maxBytes?: number;
}

/** Writes the recording of one run. It never stands in the way of the run: what fails, ends it. */
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
  /** Where in the file this run begins, and how much of it is written. */
  #offset = 0;
  #bytes = 0;
  /** Whether no more lines are taken; secrets are learnt on, for those that are there. */
  #isCut = false;
  #isOver = false;

  /**
   * Records to the file at `path`, behind what is there, or to a new file in the folder `path`;
   * to `file` where that was opened already.
   */
  constructor(path: string, { file, maxBytes = MAX_RECORDING_BYTES }: RecorderOptions = {}) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#opened = file;
    const time = new Date(this.#started).toISOString();
    const deno = Deno.version.deno;
    this.#add({ kind: "start", recording: RECORDING_VERSION, time, runtime: VERSION, deno });
  }

  /** The transport for frames, with an ear on it. */
  comm(transport: Transport): Transport {
    return this.#tap(transport, this.#frames("received"), this.#frames("sent"));
  }

  /** The transport for log lines, with an ear on it. */
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

  /** The run is over: the process ends with `exitCode`. */
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
        this.#learn(frame);
        // At once, for what ends the process next may leave no time for it.
        if (this.#secrets.size > known && this.#isOpen()) this.#maskAgain();
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
      // The handler has closed it.
    }
  }

  /** The rules of the task log: see MaskingRequester. */
  #learn(frame: unknown): void {
    const [, body]: unknown[] = Array.isArray(frame) ? frame : [];
    const { type, ti_context, value, key, name } = fieldsIn(body);
    if (type === "ConnectionResult") this.#learnConnection(body);
    if (type === "VariableResult" && typeof key === "string") this.#secrets.add(value, key);
    if (type === "MaskSecret") this.#secrets.add(value, typeof name === "string" ? name : null);
    const { connections, variables } = fieldsIn(ti_context);
    for (const one of Array.isArray(connections) ? connections : []) this.#learnConnection(one);
    for (const one of Array.isArray(variables) ? variables : []) {
      this.#secrets.add(fieldsIn(one)["value"], String(fieldsIn(one)["key"]));
    }
  }

  #learnConnection(connection: unknown): void {
    const { password, extra } = fieldsIn(connection);
    this.#secrets.addConnection({ password: textOrNull(password), extra: textOrNull(extra) });
  }

  #add(entry: RecordingEntry): void {
    if (this.#isCut) return;
    const line: RecordingLine = { run: this.#run, ms: Date.now() - this.#started, ...entry };
    const text = this.#textOf(line);
    // The file is named by the first message, so that until then there is none.
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

  /** In one write, so that a line stays whole where several processes share the file. */
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

  /** Whether a secret stands in a line as it is written: faster than to make all lines again. */
  #isOpen(): boolean {
    return this.#lines.some(({ text }) => this.#secrets.mask(text) !== text);
  }

  /** A secret that was learnt late may stand in earlier lines. */
  #maskAgain(): void {
    const file = this.#file;
    const isClean = this.#lines.every(({ line, text }) => this.#textOf(line) === text);
    if (file === undefined || isClean) return;
    // Another run has written behind us: our lines cannot be taken out from before its own.
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

  /** Which task it was, and when: unlike that of any other run. */
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

/** An id of Airflow's may be longer than the name of a file, or a part of a path. */
function namePart(id: unknown): string {
  return shortName(String(id).replaceAll(/[^\p{L}\p{N}_.-]/gu, "_"), 90);
}

/** In the way that needs no permission to read. */
function sizeOf(file: Deno.FsFile): number {
  return file.seekSync(0, Deno.SeekMode.End);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
