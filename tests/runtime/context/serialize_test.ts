// Values on their way to Airflow's Python and back: by themselves, and, where AIRFLOW_PYTHON names
// a Python that has Airflow, against its own serde. The table has been held against 3.3.2 and
// 3.4.0b2.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { TemporaryFolder } from "../../../src/bundle/output_file.ts";
import { TaskRuntimeError } from "../../../src/error.ts";
import { findNonJson } from "../../../src/protocol/json_value.ts";
import { connectionUri } from "../../../src/runtime/context/connection_uri.ts";
import { checkJson } from "../../../src/runtime/context/checks.ts";
import { deserialize } from "../../../src/runtime/context/deserialize.ts";
import { serialize } from "../../../src/runtime/context/serialize.ts";

const python = Deno.env.get("AIRFLOW_PYTHON");

const form = (className: string, version: number, data: unknown): unknown => ({
  __classname__: className,
  __version__: version,
  __data__: data,
});
const UTC = form("builtins.tuple", 1, ["UTC", "pendulum.tz.timezone.FixedTimezone", 1, true]);
const zone = (name: string): unknown =>
  form("builtins.tuple", 1, [name, "pendulum.tz.timezone.Timezone", 1, true]);
const instant = Temporal.Instant.from("2026-01-02T03:04:05.678901Z");

/** Values to send, their forms, and the values that Python reads. */
const OUT: readonly [name: string, value: unknown, form: unknown, read: string][] = [
  ["null", null, null, "None"],
  ["text", "é€😀", "é€😀", "'é€😀'"],
  ["a fraction", 1.5, 1.5, "1.5"],
  ["a bigint", 2n ** 60n, 2n ** 60n, "1152921504606846976"],
  ["the least int64", -(2n ** 63n), -(2n ** 63n), "-9223372036854775808"],
  ["undefined in an array", [undefined, 1], [null, 1], "[None, 1]"],
  [
    "a Date",
    new Date("2026-01-02T03:04:05.678Z"),
    form("datetime.datetime", 2, { timestamp: 1767323045.678, tz: UTC }),
    "datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=Timezone('UTC'))",
  ],
  [
    "an instant",
    instant,
    form("datetime.datetime", 2, { timestamp: 1767323045.678901, tz: UTC }),
    "datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=Timezone('UTC'))",
  ],
  [
    "an instant before 1970",
    Temporal.Instant.from("1969-12-31T23:59:59.999999Z"),
    form("datetime.datetime", 2, { timestamp: -0.000001, tz: UTC }),
    "datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=Timezone('UTC'))",
  ],
  [
    "the first instant of year 1",
    Temporal.Instant.from("0001-01-01T00:00:00Z"),
    form("datetime.datetime", 2, { timestamp: -62_135_596_800, tz: UTC }),
    "datetime.datetime(1, 1, 1, 0, 0, tzinfo=Timezone('UTC'))",
  ],
  [
    "a zoned time",
    Temporal.ZonedDateTime.from("2026-07-02T12:00[Europe/Berlin]"),
    form("datetime.datetime", 2, { timestamp: 1782986400, tz: zone("Europe/Berlin") }),
    "datetime.datetime(2026, 7, 2, 12, 0, tzinfo=Timezone('Europe/Berlin'))",
  ],
  [
    "a time with an offset",
    Temporal.ZonedDateTime.from("2026-07-02T12:00[-03:30]"),
    form("datetime.datetime", 2, {
      timestamp: 1783006200,
      tz: form("builtins.tuple", 1, [-12600, "pendulum.tz.timezone.FixedTimezone", 1, true]),
    }),
    'datetime.datetime(2026, 7, 2, 12, 0, tzinfo=FixedTimezone(-12600, name="-03:30"))',
  ],
  [
    "a date",
    Temporal.PlainDate.from("2026-01-02"),
    form("datetime.date", 2, "2026-01-02"),
    "datetime.date(2026, 1, 2)",
  ],
  [
    "a duration",
    Temporal.Duration.from({ days: 1, microseconds: 5 }),
    form("datetime.timedelta", 2, 86400.000005),
    "datetime.timedelta(days=1, microseconds=5)",
  ],
  [
    "a duration of whole seconds",
    Temporal.Duration.from({ hours: -25 }),
    form("datetime.timedelta", 2, "-90000"),
    "datetime.timedelta(days=-2, seconds=82800)",
  ],
  ["a set", new Set([1, "a"]), form("builtins.set", 1, [1, "a"]), "{1, 'a'}"],
  ["an empty set", new Set(), form("builtins.set", 1, []), "set()"],
  [
    "a set of dates",
    new Set([Temporal.PlainDate.from("2026-01-02")]),
    form("builtins.set", 1, [form("datetime.date", 2, "2026-01-02")]),
    "{datetime.date(2026, 1, 2)}",
  ],
  ["a map", new Map([["a", new Map([["b", 1]])]]), { a: { b: 1 } }, "{'a': {'b': 1}}"],
  [
    "a key called __proto__",
    JSON.parse('{"__proto__": [1]}'),
    JSON.parse('{"__proto__": [1]}'),
    "{'__proto__': [1]}",
  ],
  ["half of an old form", { __type: "set" }, { __type: "set" }, "{'__type': 'set'}"],
];

/** Python expressions, their forms, and the values that JavaScript reads. */
const IN: readonly [expression: string, form: unknown, value: unknown][] = [
  [
    "datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc)",
    form("datetime.datetime", 2, { timestamp: 1767323045.678901, tz: UTC }),
    instant,
  ],
  [
    "pendulum.datetime(2026, 1, 2, 4, 4, 5, 678901, tz='Europe/Berlin')",
    form("pendulum.datetime.DateTime", 2, {
      timestamp: 1767323045.678901,
      tz: zone("Europe/Berlin"),
    }),
    instant,
  ],
  [
    "datetime.date(2026, 1, 2)",
    form("datetime.date", 2, "2026-01-02"),
    Temporal.PlainDate.from("2026-01-02"),
  ],
  [
    "pendulum.date(2026, 1, 2)",
    form("pendulum.date.Date", 2, "2026-01-02"),
    Temporal.PlainDate.from("2026-01-02"),
  ],
  [
    "datetime.timedelta(days=-1, microseconds=5)",
    form("datetime.timedelta", 2, -86399.999995),
    Temporal.Duration.from("-PT23H59M59.999995S"),
  ],
  [
    "datetime.timedelta(hours=25)",
    form("datetime.timedelta", 2, 90000),
    Temporal.Duration.from("PT25H"),
  ],
  ["{1}", form("builtins.set", 1, [1]), new Set([1])],
  ["frozenset({'a'})", form("builtins.frozenset", 1, ["a"]), new Set(["a"])],
  [
    "(1, (2, {3}))",
    form("builtins.tuple", 1, [
      1,
      form("builtins.tuple", 1, [2, form("builtins.set", 1, [3])]),
    ]),
    [1, [2, new Set([3])]],
  ],
  ["decimal.Decimal('1.10')", form("decimal.Decimal", 1, 1.1), 1.1],
  ["decimal.Decimal(10) ** 3", form("decimal.Decimal", 1, 1000), 1000],
  [
    "uuid.UUID(int=5)",
    form("uuid.UUID", 1, "00000000-0000-0000-0000-000000000005"),
    "00000000-0000-0000-0000-000000000005",
  ],
  ["zoneinfo.ZoneInfo('UTC')", form("zoneinfo.ZoneInfo", 1, "UTC"), "UTC"],
  [
    "pendulum.FixedTimezone(-12600)",
    form("pendulum.tz.timezone.FixedTimezone", 1, -12600),
    "-03:30",
  ],
  [
    "Row(datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc), 7)",
    form("__main__.Row", 0, {
      at: form("datetime.datetime", 2, { timestamp: 1767323045.678901, tz: UTC }),
      n: 7,
    }),
    form("__main__.Row", 0, { at: instant, n: 7 }),
  ],
];

for (const [name, value, expected] of OUT) {
  Deno.test(`serialize(): converts ${name}`, () => {
    assertEquals(serialize(value), expected);
    assertEquals(findNonJson(structuredClone(serialize(value))), undefined);
  });
}

for (const [expression, given, expected] of IN) {
  Deno.test(`deserialize(): reads Python's ${expression}`, () => {
    assertEquals(shown(deserialize(structuredClone(given))), shown(expected));
    const inside = deserialize({ rows: [structuredClone(given), "x"] });
    assertEquals(shown(inside), shown({ rows: [expected, "x"] }));
  });
}

Deno.test("deserialize(): keeps objects that are not valid forms", () => {
  for (
    const given of [
      { __classname__: 1, __version__: 1 },
      form("builtins.set", 2, [1]),
      form("builtins.set", 1, { a: 1 }),
      form("datetime.date", 2, "tomorrow"),
      form("datetime.datetime", 2, { timestamp: 1e300, tz: null }),
      form("constructor", 1, null),
      JSON.parse('{"__proto__": {"__classname__": "x"}}'),
    ]
  ) {
    assertEquals(deserialize(structuredClone(given)), given);
  }
});

Deno.test("serialize(): sends back forms that have no JavaScript value", () => {
  const given = form("etl.Row", 1, { at: form("datetime.date", 2, "2026-01-02") });
  const sent: unknown = serialize([deserialize(structuredClone(given))]);
  assertEquals(sent, [given]);
});

Deno.test("serialize(): copies only the parts that it converts", () => {
  const value = { rows: [{ id: 1, at: new Date(0) }, { id: 2, at: null }], empty: [] };
  const before = structuredClone(value);
  const form = serialize(value);
  assertEquals(value, before);
  assert(typeof form === "object" && form !== null && "rows" in form && Array.isArray(form.rows));
  assert("at" in form.rows[0] && form.rows[0].at !== value.rows[0]?.at);
  assertStrictEquals<unknown>(form.rows[1], value.rows[1]);
  const plain = { rows: [{ id: 1 }] };
  assertStrictEquals(serialize(plain), plain);
});

Deno.test("serialize(): lets later checks see changes of the value", () => {
  const value: Record<string, unknown> = { rate: 0.5 };
  serialize(value);
  value["rate"] = NaN;
  assertThrows(() => checkJson('set state "a"', value), TaskRuntimeError, '"rate"');
});

Deno.test("serialize(): ignores additions to Object.prototype", () => {
  Object.defineProperty(Object.prototype, "polluted", {
    value: () => {},
    enumerable: true,
    configurable: true,
  });
  try {
    assertEquals(JSON.stringify(serialize({ a: { b: 1 } })), '{"a":{"b":1}}');
  } finally {
    Reflect.deleteProperty(Object.prototype, "polluted");
  }
});

const cycle: unknown[] = [];
cycle.push({ again: cycle });

for (
  const [name, value, message] of [
    [
      "a function",
      { rows: [0, { run() {} }] },
      "at $.rows[1].run: must be a value that Python can read, got a function",
    ],
    ["a symbol", [Symbol("s")], "at $[0]: must be a value that Python can read, got a symbol"],
    ["NaN", { "a b": NaN }, 'at $["a b"]: must be a value that Python can read, got NaN'],
    ["infinity", -Infinity, "at $: must be a value that Python can read, got -Infinity"],
    ["bytes", { b: new Uint8Array(1) }, "at $.b: must be a value that Python can read, got bytes"],
    [
      "an ArrayBuffer",
      { b: new ArrayBuffer(1) },
      "at $.b: must be a value that Python can read, got bytes",
    ],
    [
      "an instance",
      { u: new URL("file:///") },
      "at $.u: must be a value that Python can read, got an instance of URL",
    ],
    [
      "an invalid Date",
      [new Date(NaN)],
      "at $[0]: must be a value that Python can read, got an invalid Date",
    ],
    [
      "a bigint of 65 bits",
      2n ** 63n,
      "at $: must be a value that Python can read, got an integer of more than 64 bits",
    ],
    [
      "a time in year 10000",
      new Date("+010000-01-01"),
      "at $: must be a value that Python can read, got a time outside",
    ],
    [
      "a month",
      Temporal.Duration.from({ months: 1 }),
      "at $: must be a value that Python can read, got a Temporal.Duration with",
    ],
    [
      "a time without zone",
      Temporal.PlainDateTime.from("2026-01-01T00:00"),
      "at $: must be a value that Python can read, got an instance of PlainDateTime",
    ],
    [
      "a set of arrays",
      { s: new Set([1, []]) },
      "at $.s[1]: must be a value that Python can read, got an array or object within a Set",
    ],
    [
      "a map with numbers for keys",
      [new Map([[1, 1]])],
      "at $[0]: must be a value that Python can read, got a Map with a number for a key",
    ],
    [
      "half of a character",
      ["\ud800"],
      "at $[0]: must be a value that Python can read, got text with half",
    ],
    [
      "a cycle",
      cycle,
      "at $[0].again[0].again[0].again[0].again: must be a value that Python can read, got a cycle",
    ],
    [
      "a key of Airflow's",
      [{ __classname__: "x" }],
      "at $[0]: Airflow reserves the key __classname__",
    ],
    [
      "a key of Airflow's in a Map",
      new Map([["__id__", 1]]),
      "at $: Airflow reserves the key __id__",
    ],
    [
      "an old form",
      { a: { __type: "set", __var: [] } },
      "at $.a: Airflow reserves the keys __type and __var",
    ],
  ] as const
) {
  Deno.test(`serialize(): names the place of ${name}`, () => {
    const error = assertThrows(() => serialize(value), TaskRuntimeError);
    assertEquals(error.code, "INVALID");
    assert(error.message.startsWith(`Cannot send the value ${message}`), error.message);
  });
}

const CONNECTIONS: readonly Record<string, string | number>[] = [
  {
    conn_type: "postgres",
    host: "db",
    port: 5432,
    login: "etl",
    password: "p@s/s w+rd%!'()*~",
    schema: "sales/eu",
  },
  { conn_type: "google_cloud_platform", extra: '{"project": "p", "n": 1}' },
  { conn_type: "aws", extra: '{"region": "eu", "path": "a b&c=d+e"}' },
  { conn_type: "aws", login: "AK", password: "é€", extra: "{}" },
  {
    conn_type: "http",
    host: "https://api.example.com",
    port: 8443,
    schema: "v1",
    extra: '{"a": ""}',
  },
  { conn_type: "https", host: "https://api.example.com" },
  { conn_type: "FTP", host: "[::1]", port: 21, login: "" },
  { conn_type: "redis", port: 6379 },
  { conn_type: "redis", password: "secret", port: 6379 },
  { conn_type: "fs", extra: '{"nested": {"a": 1}}' },
];

Deno.test({
  name: "serialize() and deserialize(): agree with Airflow's Python" +
    (python === undefined ? " (ignored: AIRFLOW_PYTHON is not set)" : ""),
  ignore: python === undefined,
  fn: async () => {
    const answers = await ask([
      ...OUT.map(([, value]) => ({ read: serialize(value) })),
      ...IN.map(([expression]) => ({ make: expression })),
      ...CONNECTIONS.map((uri) => ({ uri })),
    ]);
    assertEquals(answers.splice(0, OUT.length), OUT.map(([, , , read]) => read));
    const made = answers.splice(0, IN.length);
    assertEquals(made, IN.map(([, form]) => form));
    // Values that Python wrote are read, written, and read by Python again.
    assertEquals(shown(made.map(deserialize)), shown(IN.map(([, , value]) => value)));
    assertEquals(
      answers,
      CONNECTIONS.map(({ conn_type, host, login, password, port, schema, extra }) =>
        connectionUri({
          connType: String(conn_type),
          host: textOr(host),
          login: textOr(login),
          password: textOr(password),
          schema: textOr(schema),
          port: typeof port === "number" ? port : null,
          extra: extra === undefined ? {} : JSON.parse(String(extra)),
        }, textOr(extra))
      ),
    );
  },
});

function textOr(value: string | number | undefined): string | null {
  return value === undefined ? null : String(value);
}

/** Prints a value, because `assertEquals` finds no difference between objects of Temporal. */
function shown(value: unknown): unknown {
  return Deno.inspect(value, { depth: 20 });
}

async function ask(cases: readonly unknown[]): Promise<unknown[]> {
  await using home = await TemporaryFolder.create();
  await using peer = new Deno.Command(python ?? "", {
    args: [new URL("./serde_peer.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // The order in which Python shows a set depends on it.
    env: { AIRFLOW_HOME: home.path, PYTHONHASHSEED: "0" },
  }).spawn();
  const writer = peer.stdin.getWriter();
  await writer.write(new TextEncoder().encode(toJson(cases)));
  await writer.close();
  const { stdout, stderr } = await peer.output();
  const line = new TextDecoder().decode(stdout).split("\n").find((it) => it.startsWith("ANSWERS "));
  assert(line !== undefined, new TextDecoder().decode(stderr));
  return JSON.parse(line.slice("ANSWERS ".length));
}

/** JSON with bigints as integers. */
function toJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_key, held) => typeof held === "bigint" ? `bigint ${held}` : held,
  );
  return text.replaceAll(/"bigint (-?\d+)"/g, "$1");
}
