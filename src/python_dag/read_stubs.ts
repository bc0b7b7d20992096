/**
 * Reads a Python Dag file without Python: its Dags, and the tasks that `@task.stub` makes.
 *
 * What needs the file to run (ids that are computed, tasks made in loops) is not guessed: it goes
 * into the notes.
 *
 * @module
 */
import type { DagFile, Note, StubDag } from "./dag_file.ts";
import type { Block, Decorator, OpenDag, Stub } from "./open_dag.ts";
import {
  type CallArguments,
  isOperator,
  noArguments,
  type PythonParameter,
  readDottedName,
  readParameters,
} from "./python_call.ts";
import { PythonConstants } from "./python_constants.ts";
import { type Token, tokenize } from "./python_token.ts";

/** Reads the text of a Dag file. */
export function readStubs(text: string): DagFile {
  const reader = new StubReader();
  let line: Token[] = [];
  for (const token of tokenize(text)) {
    if (token.kind !== "newline") {
      line.push(token);
      continue;
    }
    reader.read(line);
    line = [];
  }
  return reader.finish();
}

class StubReader {
  readonly #notes: Note[] = [];
  readonly #dags: OpenDag[] = [];
  readonly #dagVariables = new Map<string, OpenDag>();
  readonly #stubs = new Map<string, Stub>();
  readonly #allStubs: Stub[] = [];
  readonly #constants = new PythonConstants();
  /** What names mean that were imported under another one. */
  readonly #aliases = new Map<string, string>();
  readonly #called = new Set<string>();
  #blocks: Block[] = [];
  #decorators: Decorator[] = [];

  /** Takes the next logical line. */
  read(line: readonly Token[]): void {
    const [first] = line;
    if (first === undefined) return;
    this.#leave(first.indent);
    if (isOperator(first, "@")) return this.#decorate(line);
    const start = first.text === "async" ? 1 : 0;
    const word = first.kind === "name" ? line[start]?.text : undefined;
    if (word === "def") return this.#define(line, start + 1);
    this.#decorators = [];
    if (word === "from") return this.#importNames(line);
    if (word === "with") return this.#enter(line);
    if (word === "for" || word === "while") {
      this.#blocks.push({ indent: first.indent, isLoop: true });
    }
    this.#assign(line);
    this.#calls(line);
  }

  #leave(indent: number): void {
    while ((this.#blocks.at(-1)?.indent ?? -1) >= indent) {
      for (const name of this.#blocks.pop()?.own ?? []) this.#stubs.delete(name);
    }
  }

  /** What the file says, after its last line. */
  finish(): DagFile {
    for (const { calls, name, line } of this.#allStubs) {
      if (calls === 0) this.#note(line, `stub ${name} is never called, which makes no task`);
    }
    const dags: StubDag[] = [];
    for (const { dagId, line, tasks, maker } of this.#dags) {
      if (tasks.length === 0) continue;
      if (dagId === undefined) {
        this.#note(line, `the id of the Dag is computed (stub tasks in it: ${tasks.length})`);
      } else if (maker !== undefined && !this.#called.has(maker)) {
        this.#note(line, `${maker} is never called, which makes no Dag`);
      } else dags.push({ dagId, line, tasks });
    }
    return { dags, notes: this.#notes.toSorted((a, b) => a.line - b.line) };
  }

  #note(line: number, text: string): void {
    this.#notes.push({ line, text });
  }

  #decorate(line: readonly Token[]): void {
    const { segments, end } = readDottedName(line, 1);
    const call = isOperator(line[end], "(")
      ? this.#constants.argumentsOf(line, end)
      : noArguments(end);
    this.#decorators.push({ segments, call, line: line[0]?.line ?? 0 });
  }

  #define(line: readonly Token[], at: number): void {
    const [decorators, name] = [this.#decorators, line[at]?.text ?? ""];
    this.#decorators = [];
    const indent = line[0]?.indent ?? 0;
    let block: Block = { indent, own: [] };
    for (const decorator of decorators) {
      const { call } = decorator;
      const meaning = this.#meaning(decorator.segments);
      if (meaning === "task.stub") {
        this.#addStub(name, decorator, readParameters(line, at + 1));
      } else if (meaning === "dag") {
        block = { ...block, dag: this.#addDag(call, decorator.line, name) };
      } else if (meaning === "task_group") {
        block = { ...block, prefix: this.#prefix(call, name) };
      }
    }
    this.#blocks.push(block);
  }

  #addStub(name: string, { call, line }: Decorator, parameters: readonly PythonParameter[]): void {
    const own = call.named.get("dag")?.[0]?.text;
    const taskId = this.#text(call, "task_id", name);
    if (taskId === undefined) this.#note(line, `the task_id of stub ${name} is computed`);
    const stub = {
      name,
      line,
      taskId: taskId ?? undefined,
      queue: this.#queue(call),
      parameters,
      dag: own === undefined ? undefined : this.#dagVariables.get(own),
      calls: 0,
    };
    this.#stubs.set(name, stub);
    this.#blocks.findLast(({ own }) => own !== undefined)?.own?.push(name);
    this.#allStubs.push(stub);
  }

  #addDag(call: CallArguments, line: number, maker?: string): OpenDag {
    const [first] = call.positional;
    const named = call.named.get("dag_id") ?? first;
    const dagId = named === undefined
      ? (call.isOpen ? undefined : maker)
      : this.#constants.text(named);
    const dag = {
      dagId,
      line,
      queue: this.#defaultQueue(call),
      tasks: [],
      used: new Map<string, number>(),
      maker,
    };
    this.#dags.push(dag);
    return dag;
  }

  /** `with DAG(…) as dag, TaskGroup(…):`, or a Dag's variable. */
  #enter(line: readonly Token[]): void {
    const indent = line[0]?.indent ?? 0;
    for (let at = 1; at < line.length; at++) {
      const { segments, end } = readDottedName(line, at);
      if (segments.length === 0) continue;
      const meaning = this.#meaning(segments);
      at = end;
      const known = this.#dagVariables.get(segments.join("."));
      if (!isOperator(line[end], "(")) {
        if (known !== undefined) this.#blocks.push({ indent, dag: known });
        continue;
      }
      const call = this.#constants.argumentsOf(line, end);
      at = call.end - 1;
      if (meaning === "DAG") {
        const dag = this.#addDag(call, line[0]?.line ?? 0);
        this.#blocks.push({ indent, dag });
        const variable = line[call.end]?.text === "as" ? line[call.end + 1]?.text : undefined;
        if (variable !== undefined) this.#dagVariables.set(variable, dag);
      } else if (meaning === "TaskGroup") {
        this.#blocks.push({ indent, prefix: this.#prefix(call) });
      }
    }
  }

  #assign(line: readonly Token[]): void {
    const assigned = this.#constants.assign(line);
    if (assigned === undefined) return;
    const { name, value } = assigned;
    const { segments, end } = readDottedName(value, 0);
    if (this.#meaning(segments) !== "DAG" || !isOperator(value[end], "(")) return;
    const call = this.#constants.argumentsOf(value, end);
    this.#dagVariables.set(name, this.#addDag(call, line[0]?.line ?? 0));
  }

  /** Every call of a stub in the line makes a task. */
  #calls(line: readonly Token[]): void {
    for (let at = 0; at < line.length; at++) {
      const token = line[at];
      if (token?.kind !== "name") continue;
      const { segments, end } = readDottedName(line, at);
      const isCall = isOperator(line[end], "(");
      if (isCall) this.#called.add(segments.join("."));
      const isMethod = isOperator(line[at - 1], ".");
      const [name = "", method] = segments;
      const stub = isMethod ? undefined : this.#stubs.get(name);
      if (!isMethod && this.#meaning(segments) === "task.stub") {
        this.#note(token.line, "a stub that no decorator makes is not read");
      } else if (stub !== undefined && isCall && segments.length <= 2) {
        this.#addTask(stub, method, this.#constants.argumentsOf(line, end), token);
      }
      at = end - 1;
    }
  }

  #addTask(stub: Stub, method: string | undefined, call: CallArguments, at: Token): void {
    stub.calls++;
    const overrides = method === "override";
    const prefix = this.#blocks.map((block) => block.prefix ?? (block.prefix === null ? null : ""));
    const own = overrides ? this.#text(call, "task_id", stub.taskId) : stub.taskId;
    if (own === undefined || prefix.includes(null)) {
      if (stub.taskId !== undefined) {
        this.#note(at.line, `the id of the task that ${stub.name} makes here is computed`);
      }
      return;
    }
    const dag = this.#blocks.findLast((block) => block.dag !== undefined)?.dag ?? stub.dag;
    if (dag === undefined) {
      this.#note(at.line, `the Dag of the task that ${stub.name} makes here cannot be told`);
      return;
    }
    if (this.#blocks.some(({ isLoop }) => isLoop)) {
      this.#note(at.line, `${stub.name} is called in a loop: of its tasks only the first is read`);
    }
    const base = prefix.join("") + own;
    const times = dag.used.get(base) ?? 0;
    dag.used.set(base, times + 1);
    const queue = overrides && call.named.has("queue") ? this.#queue(call) : stub.queue;
    dag.tasks.push({
      taskId: times === 0 ? base : `${base}__${times}`,
      line: stub.line,
      queue: queue === undefined ? dag.queue : queue,
      parameters: stub.parameters,
    });
  }

  #prefix(call: CallArguments, name?: string): string | null {
    if (call.named.get("prefix_group_id")?.[0]?.text === "False") return "";
    const given = call.named.get("group_id") ?? call.positional[0];
    const id = given === undefined ? name : this.#constants.text(given);
    return id === undefined ? null : `${id}.`;
  }

  #queue(call: CallArguments): string | null | undefined {
    const given = call.named.get("queue");
    if (given === undefined) return call.isOpen ? null : undefined;
    return this.#constants.text(given) ?? null;
  }

  /** `default_args={"queue": "deno"}`. */
  #defaultQueue(call: CallArguments): string | null | undefined {
    const given = call.named.get("default_args");
    if (given === undefined) return call.isOpen ? null : undefined;
    const fields = this.#constants.fields(given);
    if (fields === undefined) return null;
    const queue = fields.get("queue");
    return queue === undefined ? undefined : this.#constants.text(queue) ?? null;
  }

  /** The text of an argument, or what stands for it; undefined where it is computed. */
  #text(call: CallArguments, name: string, otherwise: string | undefined): string | undefined {
    const given = call.named.get(name);
    if (given === undefined) return call.isOpen ? undefined : otherwise;
    return this.#constants.text(given);
  }

  #importNames(line: readonly Token[]): void {
    const { segments } = readDottedName(line, 1);
    if (segments[0] !== "airflow") return;
    for (const [at, token] of line.entries()) {
      if (token.text !== "as" || token.kind !== "name") continue;
      const [name, alias] = [line[at - 1]?.text, line[at + 1]?.text];
      if (name !== undefined && alias !== undefined) this.#aliases.set(alias, name);
    }
  }

  /** `sdk.task.stub` and `t.stub`, where t was imported as task, mean task.stub. */
  #meaning(segments: readonly string[]): string | undefined {
    const real = segments.map((segment) => this.#aliases.get(segment) ?? segment);
    return real.at(-1) === "stub" && real.at(-2) === "task" ? "task.stub" : real.at(-1);
  }
}
