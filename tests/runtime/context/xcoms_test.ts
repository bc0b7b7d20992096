import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { taskCommand } from "../../author_command.ts";
import { type Ran, runTask as runAny } from "../run_task.ts";

const command = taskCommand(new URL("../testdata/xcoms.ts", import.meta.url));

function runTask(taskId: string, options: Parameters<typeof runAny>[1] = {}): Promise<Ran> {
  return runAny(taskId, { command, ...options });
}

function bodies({ requests }: Ran, type: string): Record<string, unknown>[] {
  return requests.flatMap((request) => request.type === type ? [request.body ?? {}] : []);
}

const day = { __classname__: "datetime.date", __version__: 2, __data__: "2026-01-02" };

Deno.test("return_value: converts dates, sets and maps to Airflow's forms", async () => {
  const { returned } = await runTask("returns_types");
  assertEquals(returned, {
    at: {
      __classname__: "datetime.datetime",
      __version__: 2,
      __data__: {
        timestamp: 1767323045.678,
        tz: {
          __classname__: "builtins.tuple",
          __version__: 1,
          __data__: ["UTC", "pendulum.tz.timezone.FixedTimezone", 1, true],
        },
      },
    },
    day,
    ids: { __classname__: "builtins.set", __version__: 1, __data__: [1, 2] },
    names: { a: 1 },
    big: 2n ** 60n,
    span: { __classname__: "datetime.timedelta", __version__: 2, __data__: "90" },
  });
});

Deno.test("ctx.xcoms.pull(): reads Python's values, which can be pushed again", async () => {
  const python = {
    day,
    ids: { __classname__: "builtins.frozenset", __version__: 1, __data__: ["a"] },
    row: { __classname__: "etl.Row", __version__: 1, __data__: { day } },
  };
  const { returned } = await runTask("reads_types", {
    fixtures: { xcoms: { python: { return_value: python } } },
  });
  assertEquals(returned, {
    kinds: [
      ["day", "PlainDate", "2026-01-02"],
      ["ids", "Set", ["a"]],
      ["row", "Object", "[object Object]"],
    ],
    again: { ...python, ids: { ...python.ids, __classname__: "builtins.set" } },
  });
});

Deno.test("ctx.xcoms.push(): copies the value at the call, and takes an address", async () => {
  const ran = await runTask("writes", { mapIndex: 2 });
  assertEquals([ran.state, ran.returned], ["success", undefined]);
  assertEquals(
    bodies(ran, "SetXCom").map((body) => [
      body["key"],
      body["task_id"],
      body["map_index"],
      body["value"],
      body["mapped_length"],
    ]),
    [
      ["rows", "writes", 2, [{ id: 1 }], null],
      ["gone", "writes", 2, 1, null],
    ],
  );
  assertEquals(bodies(ran, "DeleteXCom").map((body) => body["key"]), ["gone", "never there"]);
});

Deno.test("ctx.xcoms.push(): throws when the task instance does not exist", async () => {
  const ran = await runTask("writes_elsewhere");
  const [body] = bodies(ran, "SetXCom");
  assertEquals([body?.["task_id"], body?.["map_index"]], ["start", 3]);
  assert(Array.isArray(ran.returned));
  assertEquals(ran.returned[0], "NOT_FOUND");
});

Deno.test("ctx.xcoms and ctx.variables: refuse keys and values that Airflow cannot carry", async () => {
  const { returned } = await runTask("refuses");
  const xcom = 'Cannot use XCom "": its name must not be empty';
  assertEquals(returned, [
    ["INVALID", xcom],
    ["INVALID", xcom],
    ["INVALID", 'Cannot slice the XComs of "mapped": "step" must not be 0'],
    [
      "INVALID",
      'Cannot send GetXComSequenceItem: field "offset" must be a safe integer, not a number',
    ],
    ["INVALID", "Cannot send the value at $.a[1]: must be a value that Python can read, got bytes"],
    [
      "INVALID",
      "Cannot send the value at $: Airflow reserves the key __classname__. Use another name",
    ],
    [
      "INVALID",
      "Cannot send the value at $: must be a value that Python can read, got an integer of more than 64 bits",
    ],
    ["INVALID", 'Cannot set variable "k": the value of "b", NaN, has no JSON form'],
    ["INVALID", 'Cannot use variable "": its name must not be empty'],
    [
      "INVALID",
      'Cannot use XCom "a?b": Airflow cannot transport "?" in a name. Use another name',
    ],
    [
      "INVALID",
      'Cannot use variable "a/../b": Airflow cannot transport ".." in a name. Use another name',
    ],
    [
      "INVALID",
      'Cannot use connection "a%41": Airflow cannot transport "%41" in a name. Use another name',
    ],
  ]);
});

for (
  const [taskId, mapIndex, lengths] of [
    ["returns_list", -1, [3]],
    ["returns_object", -1, [2]],
    ["returns_text", -1, [null]],
    ["returns_many", -1, [null]],
    ["returns_list", 4, [null]],
    ["sets_length", -1, [null, 2]],
  ] as const
) {
  const kind = mapIndex < 0 ? "" : " when mapped itself";
  Deno.test(`SetXCom: has the mapped length of ${taskId}${kind}`, async () => {
    const ran = await runTask(taskId, { mapIndex });
    assertEquals(ran.state, "success");
    assertEquals(bodies(ran, "SetXCom").map((body) => body["mapped_length"]), [...lengths]);
  });
}

Deno.test("ctx.variables.setJson(): writes a text as JSON, which getJson() reads", async () => {
  const ran = await runTask("uses_variables");
  const at = "1970-01-01T00:00:00.000Z";
  assertEquals(ran.returned, ["a", '"a"', { at }, ["json"]]);
  assertEquals(bodies(ran, "PutVariable").map((body) => body["description"]), [
    null,
    "made by a test",
  ]);
});

const SECRETS = {
  connections: {
    warehouse: {
      conn_type: "postgres",
      host: "db",
      port: 5432,
      login: "etl",
      password: 'p@ss/"word',
      schema: "sales",
      extra: '{"apiKey": "extra-secret", "sslmode": "require"}',
    },
  },
  variables: { api_token: "tok-12345", region: "eu-west" },
};

Deno.test("Connection: shows no secrets when it is logged", async () => {
  const { returned } = await runTask("shows_connection", { fixtures: SECRETS });
  assert(typeof returned === "object" && returned !== null);
  const { shown, json, ...rest } = new Map(Object.entries(returned)).entries()
    .reduce<Record<string, unknown>>((all, [key, value]) => ({ ...all, [key]: value }), {});
  assertEquals(rest, {
    uri: "postgres://etl:p%40ss%2F%22word@db:5432/sales?apiKey=extra-secret&sslmode=require",
    url: ["db", "5432", "/sales"],
    refused: [
      "INVALID",
      "Cannot send the value at $: must be a value that Python can read, got an instance of AirflowConnection",
    ],
    copied: 'p@ss/"word',
  });
  for (const text of [String(shown), String(json)]) {
    assert(!/p@ss|extra-secret/.test(text), text);
    assertStringIncludes(text, "***");
    assertStringIncludes(text, "require");
  }
});

Deno.test("secrets: are masked in log, error and retry after a task read them", async () => {
  const ran = await runTask("leaks", { fixtures: SECRETS, retries: 1 });
  assertEquals(ran.state, "up_for_retry");
  assertEquals(
    ran.requests.at(-1)?.body?.["retry_reason"],
    "Error: cannot log in with ***",
  );
  const text = JSON.stringify(ran.log);
  for (
    const secret of ["p@ss", "p%40ss", "tok-12345", "extra-secret", "told-by-hand", "told-by-name"]
  ) {
    assert(!text.includes(secret), `${secret} in ${text}`);
  }
  assertEquals(ran.log[0]?.event, "password ***");
  assertEquals(ran.log[0]?.fields["region"], "eu-west");
  assertEquals(ran.log[1]?.event, "by hand: ***, ***, not-secret");
  assertStringIncludes(text, "cannot log in with ***");
});
