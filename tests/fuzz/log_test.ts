import { assert, assertEquals } from "@std/assert";
import { type LogEvent, logLine } from "../../src/supervisor/log_line.ts";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";
import { CODEC_INPUTS, fuzz } from "./campaign.ts";
import { oddError, plainText, ruthless } from "./hostile_value.ts";
import type { Random } from "./random.ts";

const LEVELS = ["debug", "info", "warning", "error", "critical"] as const;
/** Field names that end Airflow's supervisor, or the task with it. */
const RESERVED = ["msg", "target", "self", "method_name", "positional_args", "stack", "stack_info"]
  .concat(["exc_info"]);
const OWN = ["timestamp", "level", "logger", "event"];
const NAMES = [...RESERVED, ...OWN, "exception", "error_detail", "__proto__", "toJSON", "\ud800"];
const SECRET = "hunter2-hunter2";

function fieldsOf(random: Random): Record<string, unknown> {
  const fields: Record<string, unknown> = random.once(9) ? Object.create(null) : {};
  for (let i = random.below(5); i > 0; i--) {
    const name = random.once(2) ? random.pick(NAMES) : plainText(random);
    const value = random.once(9) ? `a ${SECRET} b` : ruthless(random);
    const property = { value, enumerable: true, configurable: true };
    if (random.once(6)) {
      const get = (): never => {
        throw value;
      };
      Object.defineProperty(fields, name, { get, enumerable: true, configurable: true });
    } else Object.defineProperty(fields, name, property);
  }
  return fields;
}

function lineOf(event: LogEvent, secrets: SecretsMask | undefined): string {
  try {
    return logLine(event, secrets);
  } catch (error) {
    throw new Error(`logLine() threw for ${Deno.inspect(event)}: ${Deno.inspect(error)}`);
  }
}

/** Makes sure that no text in `value`, key or value, holds half a character. */
function checkTexts(value: unknown): void {
  if (typeof value === "string") assert(value.isWellFormed(), "half a character");
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    assert(key.isWellFormed(), "half a character in a key");
    checkTexts(Reflect.get(value, key));
  }
}

Deno.test("logLine(): returns one line of JSON that Airflow reads, for random events", () => {
  const secrets = new SecretsMask();
  secrets.add(SECRET);
  fuzz(CODEC_INPUTS / 80, (random) => {
    const level = random.pick(LEVELS);
    const event: LogEvent = {
      level,
      event: random.once(5) ? "\udfff\n\u2028" + SECRET : plainText(random),
      logger: random.once(9) ? "task.\ud800" : "task",
      fields: random.once(9) ? undefined : fieldsOf(random),
      error: random.once(2) ? undefined : random.once(2) ? oddError(random) : ruthless(random),
    };
    const text = lineOf(event, random.once(2) ? secrets : undefined);
    assertEquals(text.indexOf("\n"), text.length - 1, "one line, and its end");
    assert(text.isWellFormed());
    const line: unknown = JSON.parse(text);
    assert(typeof line === "object" && line !== null && !Array.isArray(line));
    const keys = Object.keys(line);
    for (const name of OWN) assert(typeof Reflect.get(line, name) === "string", `${name} is gone`);
    assertEquals(Reflect.get(line, "level"), level);
    for (const name of RESERVED) assert(!keys.includes(name), `a field is called ${name}`);
    checkTexts(line);
  });
});
