import { assert, assertEquals } from "@std/assert";
import type { SupervisedRequest } from "../../src/local/supervisor/conversation.ts";
import { ProgressLine } from "../../src/cli/progress_line.ts";

/** A terminal that interprets carriage returns in its last line. */
class Screen {
  readonly above: string[] = [];
  #line: string[] = [];
  #column = 0;
  /** The number of columns. */
  width = 80;

  write(text: string): void {
    for (const character of text) {
      if (character === "\r") this.#column = 0;
      else if (character === "\n") {
        this.above.push(this.#line.join("").trimEnd());
        this.#line = [];
        this.#column = 0;
      } else {
        assert(character >= " " && this.#column < (this.width || 80), JSON.stringify(text));
        this.#line[this.#column++] = character;
      }
    }
  }

  /** Clears the line, as a terminal does when it becomes smaller. */
  clear(): void {
    this.#line = [];
    this.#column = 0;
  }

  columns(): number {
    return this.width;
  }

  get bottom(): string {
    return this.#line.join("").trimEnd();
  }
}

const REQUEST: SupervisedRequest = {
  id: 1,
  type: "GetXCom",
  body: null,
  carrier: null,
  answered: "result",
  time: 0,
  durationSeconds: 0,
};

Deno.test("ProgressLine: keeps running tasks at the bottom and other output above", async () => {
  const screen = new Screen();
  using progress = new ProgressLine(screen);
  progress.note({ type: "task-started", taskId: "extract", tryNumber: 1 });
  assertEquals(screen.bottom, "extract: try 1, 0 s, 0 requests");
  progress.note({ type: "request", taskId: "extract", tryNumber: 1, request: REQUEST });
  assertEquals(screen.bottom, "extract: try 1, 0 s, 1 request");
  progress.above("a line of the log\n");
  progress.note({ type: "retry-waiting", taskId: "other", tryNumber: 1, seconds: 5 });
  assertEquals(
    screen.bottom,
    "extract: try 1, 0 s, 1 request | other: waits for its next try, 0 s",
  );
  await progress.aside(() => {
    assertEquals(screen.bottom, "");
    screen.write("a question\n");
    progress.note({ type: "task-started", taskId: "other", tryNumber: 2 });
    assertEquals(screen.bottom, "");
    return Promise.resolve();
  });
  // A terminal of unknown width.
  screen.width = 0;
  progress.above("");
  assertEquals(screen.bottom.slice(-10), "0 requests");
  progress.above("");
  screen.width = 20;
  screen.clear();
  progress.above("\n");
  assertEquals(screen.bottom, "extract: try 1, 0 s");
  progress[Symbol.dispose]();
  assertEquals(screen.bottom, "");
  assertEquals(screen.above, ["a line of the log", "a question", ""]);
});
