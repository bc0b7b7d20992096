import { assertEquals } from "@std/assert";
import type { ErrorCode } from "../../src/error.ts";
import type { RequestMessage } from "../../src/protocol/reply.ts";
import { errorOfReply } from "../../src/supervisor/request_error.ts";

const GET: RequestMessage = { type: "GetVariable", key: "since" };

/** Returns the codes of an error that Airflow sends as the body, and in the frame's error slot. */
function codesOf(error: unknown, detail: unknown): (string | undefined)[] {
  const response = { type: "ErrorResponse", error, detail };
  return [
    errorOfReply(GET, { id: 1, body: response, error: null }),
    errorOfReply(GET, { id: 1, body: null, error: response }),
  ].map((mapped) => mapped?.code);
}

const ERRORS: [error: string, code: ErrorCode][] = [
  ["CONNECTION_NOT_FOUND", "NOT_FOUND"],
  ["VARIABLE_NOT_FOUND", "NOT_FOUND"],
  ["XCOM_NOT_FOUND", "NOT_FOUND"],
  ["ASSET_NOT_FOUND", "NOT_FOUND"],
  ["TASK_STORE_NOT_FOUND", "NOT_FOUND"],
  ["ASSET_STORE_NOT_FOUND", "NOT_FOUND"],
  ["DAGRUN_ALREADY_EXISTS", "CONFLICT"],
  ["PERMISSION_DENIED", "PERMISSION_DENIED"],
  ["GENERIC_ERROR", "API"],
  ["API_SERVER_ERROR", "API"],
  ["SOMETHING_NEW", "API"],
];

for (const [error, code] of ERRORS) {
  Deno.test(`errorOfReply(): maps ${error} to ${code}`, () => {
    assertEquals(codesOf(error, null), [code, code]);
    assertEquals(codesOf(error, { key: "since" }), [code, code]);
  });
}

const STATUSES: [status: number, code: ErrorCode][] = [
  [400, "API"],
  [401, "PERMISSION_DENIED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [405, "API"],
  [409, "CONFLICT"],
  [413, "API"],
  [422, "INVALID"],
  [429, "API"],
  [500, "API"],
  [502, "API"],
  [503, "API"],
];

for (const [status_code, code] of STATUSES) {
  Deno.test(`errorOfReply(): maps HTTP status ${status_code} to ${code}`, () => {
    const detail = { status_code, message: "from the server", detail: null };
    for (const error of ["API_SERVER_ERROR", "GENERIC_ERROR"]) {
      assertEquals(codesOf(error, detail), [code, code]);
    }
  });
}

Deno.test("errorOfReply(): prefers the error type to the HTTP status", () => {
  assertEquals(codesOf("VARIABLE_NOT_FOUND", { status_code: 500 }), ["NOT_FOUND", "NOT_FOUND"]);
});

Deno.test("errorOfReply(): returns undefined for an empty reply and a result", () => {
  for (const body of [null, {}, { type: "VariableResult", key: "since", value: "1", error: "x" }]) {
    assertEquals(errorOfReply(GET, { id: 1, body, error: null }), undefined);
  }
});

Deno.test("errorOfReply(): accepts errors of any shape", () => {
  const odd = [
    ...[undefined, null, 1, "text", [], ["a"], 2n ** 63n, { deep: [2n ** 63n] }],
    ...["404", null, {}, [], { toString: "no function" }].map((status_code) => ({ status_code })),
  ];
  for (const error of [undefined, null, 7, {}, "__proto__"]) {
    for (const detail of odd) assertEquals(codesOf(error, detail), ["API", "API"]);
  }
  assertEquals(errorOfReply(GET, { id: 1, body: null, error: {} })?.code, "API");
});

/** A request, Airflow's error and its detail, and the message for the author. */
const MESSAGES: [RequestMessage, error: string, detail: unknown, message: string][] = [
  [
    { type: "GetConnection", conn_id: "warehouse" },
    "CONNECTION_NOT_FOUND",
    { conn_id: "warehouse" },
    'Cannot get connection "warehouse": it does not exist',
  ],
  [
    { type: "GetXCom", key: "return_value", dag_id: "etl", run_id: "r", task_id: "extract" },
    "XCOM_NOT_FOUND",
    null,
    'Cannot get xcom "return_value" of "extract" of "etl": it does not exist',
  ],
  [
    { type: "TriggerDagRun", dag_id: "etl", run_id: "r" },
    "DAGRUN_ALREADY_EXISTS",
    null,
    'Cannot trigger dag run "etl": it exists already',
  ],
  [
    { type: "PutVariable", key: "since", value: "1", description: null },
    "API_SERVER_ERROR",
    { status_code: 403, message: "Forbidden", detail: { reason: "access_denied" } },
    'Cannot put variable "since": Airflow answered 403: {"reason":"access_denied"}',
  ],
  [
    GET,
    "API_SERVER_ERROR",
    { status_code: 500, message: "Internal Server Error", detail: null },
    'Cannot get variable "since": Airflow answered 500: Internal Server Error',
  ],
  [
    GET,
    "API_SERVER_ERROR",
    {
      status_code: { toString: 1 },
      detail: [2n ** 63n, Temporal.Instant.fromEpochMilliseconds(0)],
    },
    'Cannot get variable "since": Airflow answered API_SERVER_ERROR: ' +
    '["9223372036854775808","1970-01-01T00:00:00Z"]',
  ],
  [GET, "GENERIC_ERROR", null, 'Cannot get variable "since": Airflow answered GENERIC_ERROR'],
];

for (const [request, error, detail, message] of MESSAGES) {
  Deno.test(`errorOfReply(): writes ${message}`, () => {
    const response = { type: "ErrorResponse", error, detail };
    const mapped = errorOfReply(request, { id: 1, body: null, error: response });
    assertEquals(mapped?.message, message);
    assertEquals([mapped?.request, mapped?.detail], [request.type, response]);
  });
}
