// Arguments of tasks: values, and results of other tasks (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_arguments/main.ts --fixtures examples/native_arguments/dev.json
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const dag = new Dag("native_arguments", { queue: "deno", tags: ["typescript"] });

/** Has no arguments; each field of its result is also an XCom of its own. */
const measure = dag.task("measure", () => ({ celsius: 21.5, station: "north" }), {
  multipleOutputs: true,
});

/** Receives one argument from the file, and one from another task. */
const convert = dag.task(
  "convert",
  ({ celsius, unit }: { celsius: number; unit: "K" | "F" }) => ({
    value: unit === "K" ? celsius + 273.15 : celsius * 9 / 5 + 32,
    unit,
  }),
);

interface Reading {
  station: string;
  values: { value: number; unit: string }[];
  note?: string;
}

/** Receives results of other tasks inside objects and lists; has an optional argument. */
const publish = dag.task(
  "publish",
  ({ reading, digits = 1 }: { reading: Reading; digits?: number }) => {
    const values = reading.values.map(({ value, unit }) => `${value.toFixed(digits)} ${unit}`);
    return `${reading.station}: ${values.join(", ")}`;
  },
);

const measured = measure();
const fahrenheit = convert({ celsius: measured.output("celsius"), unit: "F" });
// The compiler refuses `unit: "C"`, a text for `celsius`, and a missing argument.
publish({ reading: { station: measured.output("station"), values: [fahrenheit] }, digits: 2 });

await new Bundle().register(dag).serve();
