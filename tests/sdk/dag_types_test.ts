// What the compiler must refuse: each `@ts-expect-error` fails the type check if it does not.

import { assertThrows } from "@std/assert";
import { Dag, type TaskRef, TaskRuntimeError, type ValueRef, zip } from "../../mod.ts";

const dag = new Dag("types", {
  params: { region: { type: "string", enum: ["eu", "us"], default: "eu" }, limit: 3 },
});
const extract = dag.task("extract", (_args, ctx) => {
  const region: "eu" | "us" = ctx.params.region;
  const limit: number = ctx.params.limit;
  // @ts-expect-error there is no such param
  ctx.params.regin;
  return { rows: limit, region };
});
const load = dag.task(
  "load",
  ({ rows, note }: { rows: number; note?: string }) => `${rows}${note}`,
);
const asText = dag.task("as_text", ({ text }: { text: string }) => text);

/** Compiled, not run: each call of a factory but the first would be refused. */
export function checked(): void {
  const extracted: TaskRef<{ rows: number; region: "eu" | "us" }> = extract();
  const rows: ValueRef<number> = extracted.output("rows");
  load({ rows });
  load({ rows: 3, note: "three" });
  // @ts-expect-error an object is not a number
  load({ rows: extracted });
  // @ts-expect-error an argument is missing
  load({ note: "three" });
  // @ts-expect-error there is no such argument
  load({ rows, hint: "three" });
  // @ts-expect-error the arguments are missing
  load();
  // @ts-expect-error a number is not a text
  asText({ text: rows });
  // @ts-expect-error no such output
  extracted.output("columns");
  const texts: TaskRef<string[]> = asText.expand({ text: ["a", "b"] });
  // @ts-expect-error a list is not a text
  asText({ text: texts });
  // @ts-expect-error numbers are not texts
  asText.expand({ text: [1, 2] });
  // @ts-expect-error the mapped argument must be a list
  asText.expand({ text: "ab" });
  load.partial({ note: "n" }).expand({ rows: [1, 2] });
  // @ts-expect-error rows are given twice
  load.partial({ rows: 1 }).expand({ rows: [1, 2] });
  load.expandKwargs([{ rows: 1 }, { rows: 2, note: "two" }]);
  // @ts-expect-error an argument is missing
  load.expandKwargs([{ note: "two" }]);
  const pairs: ValueRef<[string, string][]> = zip(texts, texts.map((text) => text.trim()));
  // @ts-expect-error pairs of texts are not texts
  asText.expand({ text: pairs });
  // @ts-expect-error a text is not a condition
  dag.if(asText({ text: "a" }));
  // @ts-expect-error no such trigger rule
  dag.task("rule", () => {}, { triggerRule: "all_sucess" });
  // @ts-expect-error no such option
  dag.task("option", () => {}, { retrys: 1 });
}

Deno.test("TaskFactory: types the results that are passed as arguments", () => {
  assertThrows(checked, TaskRuntimeError, "it is already called");
});
