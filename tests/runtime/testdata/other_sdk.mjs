//# airflowMetadata=c2RrOgogIGxhbmd1YWdlOiAidHlwZXNjcmlwdCIK
// A bundle of another SDK, for Node: it connects both sockets itself, logs what its task found, reports
// success, closes the sockets, and leaves the exit to the event loop.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";

const TASKS = {
  variable: () => process.env.HOME,
  secret: () => process.env.AWS_SECRET_ACCESS_KEY,
  read: () => readFileSync("/etc/hostname").length > 0,
  run: () => spawnSync("/bin/true").status ?? "refused",
  timer: () => {
    const timer = setTimeout(() => {}, 60_000);
    return timer.unref() === timer;
  },
};

function connectTo(flag) {
  const address = process.argv.find((arg) => arg.startsWith(flag)).slice(flag.length);
  const [host, port] = address.split(":");
  return connect(Number(port), host);
}

// MessagePack of null, 0, short strings, and short arrays and objects of them.
function encode(value) {
  if (value === null) return "\xc0";
  if (value === 0) return "\0";
  if (typeof value === "string") return String.fromCharCode(0xa0 + value.length) + value;
  const parts = Array.isArray(value) ? value : Object.entries(value).flat();
  const mark = Array.isArray(value) ? 0x90 + parts.length : 0x80 + parts.length / 2;
  return String.fromCharCode(mark) + parts.map(encode).join("");
}

function receiveTaskId(socket) {
  let text = "";
  return new Promise((resolve) =>
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
      const found = /task_id[\xa0-\xbf]([a-z]+)/.exec(text);
      if (found !== null) resolve(found[1]);
    })
  );
}

const [logs, comm] = [connectTo("--logs="), connectTo("--comm=")];
const taskId = await receiveTaskId(comm);
let found;
try {
  found = TASKS[taskId]();
} catch (error) {
  found = error.name;
}
logs.end(`${JSON.stringify({ level: "info", event: "found", found })}\n`);
const body = {
  type: "SucceedTask",
  state: "success",
  end_date: new Date().toISOString(),
  task_outlets: [],
  outlet_events: [],
};
const frame = Buffer.from(`\0\0\0\0${encode([0, body, null])}`, "latin1");
frame.writeUInt32BE(frame.length - 4);
comm.removeAllListeners("data").once("data", () => comm.end()).write(frame);
