import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { AirflowConfig, expand } from "../../src/doctor/airflow_config.ts";
import { iniValue, parseIni } from "../../src/doctor/python_ini.ts";
import { Folder } from "../cli/packed.ts";

Deno.test("parseIni() reads sections, options, comments and values over lines", () => {
  const sections = parseIni(
    "# first\n[a]\nOne = 1\ntwo: 2 ; stays\nlong = [\n  x,\n\n  # not a part\n  y\n  ]\nempty =\n" +
      "\n[b c]\nkey=%(other)s %%\nother = o\n[DEFAULT]\nthree = 3\n",
    "x.cfg",
  );
  assertEquals(iniValue(sections, "a", "one", "x.cfg"), "1");
  assertEquals(iniValue(sections, "a", "two", "x.cfg"), "2 ; stays");
  assertEquals(iniValue(sections, "a", "long", "x.cfg"), "[\nx,\n\ny\n]");
  assertEquals(iniValue(sections, "a", "empty", "x.cfg"), "");
  assertEquals(iniValue(sections, "a", "three", "x.cfg"), "3");
  assertEquals(iniValue(sections, "b c", "key", "x.cfg"), "o %");
  assertEquals(iniValue(sections, "nowhere", "three", "x.cfg"), undefined);
});

Deno.test("parseIni() refuses what ConfigParser refuses, naming the line", () => {
  for (
    const [text, reason] of [
      ["key = 1\n", "line 1 stands before the first section"],
      ["[a]\nno delimiter\n", "line 2 is no section, option or comment: no delimiter"],
      ["[a]\nx = 1\nX = 2\n", "line 3 sets x again"],
      ["[a]\n[b]\n[a]\n", "line 3 opens section [a] again"],
    ] as const
  ) {
    const error = assertThrows(() => parseIni(text, "x.cfg"), TaskRuntimeError);
    assertEquals(error.message, `Cannot read x.cfg: ${reason}`);
  }
  for (const value of ["100%", "%(nothing)s", "%(x)s"]) {
    const sections = parseIni(`[a]\nx = ${value}\n`, "x.cfg");
    assertThrows(() => iniValue(sections, "a", "x", "x.cfg"), TaskRuntimeError, "%");
  }
});

Deno.test("AirflowConfig takes the environment before the file, and fills in variables", async () => {
  await using folder = await Folder.make();
  const path = `${folder.path}/airflow.cfg`;
  await Deno.writeTextFile(path, '[sdk]\ncoordinators = {"a": "$WHERE"}\nqueues_cmd = x\n');
  const env = {
    AIRFLOW_HOME: folder.path,
    WHERE: "${THERE}/b",
    THERE: "/t",
    AIRFLOW__SDK__QUEUES: "own",
    AIRFLOW__SDK__COORDINATORS_SECRET: "s",
  };
  const config = await AirflowConfig.read({ env });
  assertEquals([config.path, config.exists], [path, true]);
  assertEquals(config.json("sdk", "coordinators")?.value, { a: "/t/b" });
  assertEquals(config.get("sdk", "queues"), { text: "own", source: "AIRFLOW__SDK__QUEUES" });
  assertEquals(config.get("sdk", "absent"), undefined);
  assertEquals(config.ignoredForms("sdk", "coordinators"), ["AIRFLOW__SDK__COORDINATORS_SECRET"]);
  assertEquals(config.ignoredForms("sdk", "queues"), ["[sdk] queues_cmd"]);
});

Deno.test("AirflowConfig goes without a file, but not without one that was named", async () => {
  const env = { AIRFLOW_HOME: "/no/such/home" };
  assertEquals((await AirflowConfig.read({ env })).exists, false);
  const error = await assertRejects(
    () => AirflowConfig.read({ env, path: "/no/such/file.cfg" }),
    TaskRuntimeError,
  );
  assertEquals(error.code, "NOT_FOUND");
  const config = await AirflowConfig.read({ env: { ...env, AIRFLOW__SDK__COORDINATORS: "{" } });
  const invalid = assertThrows(() => config.json("sdk", "coordinators"), TaskRuntimeError);
  assertStringIncludes(invalid.message, "Cannot read AIRFLOW__SDK__COORDINATORS: ");
});

Deno.test("expand() fills in what is there, and a ~ at the beginning", () => {
  const env = { HOME: "/home/me/", A: "$B", B: "b", LOOP: "x$LOOP" };
  assertEquals(expand("~/x $A ${B} $C ~", env), "/home/me/x b b $C ~");
  assertEquals(expand("~other/x", env), "~other/x");
  assertEquals(expand("$LOOP", env).startsWith("xxx"), true, "ends, though Python's would not");
});
