// What tasks are called with: values, and what others return (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_arguments/main.ts --fixtures examples/native_arguments/dev.json
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const dag = new Dag("native_arguments", { queue: "deno", tags: ["typescript"] });

/** A task without arguments; each field of what it returns is an XCom of its own, too. */
const measure = dag.task("measure", () => ({ celsius: 21.5, station: "north" }), {
  multipleOutputs: true,
});

/** One argument is given in the file, one comes from another task. */
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

/** What others return may stand inside of objects and lists; optional arguments may be left out. */
const publish = dag.task(
  "publish",
  ({ reading, digits = 1 }: { reading: Reading; digits?: number }) => {
    const values = reading.values.map(({ value, unit }) => `${value.toFixed(digits)} ${unit}`);
    return `${reading.station}: ${values.join(", ")}`;
  },
);

const measured = measure();
const fahrenheit = convert({ celsius: measured.output("celsius"), unit: "F" });
// The compiler refuses `unit: "C"`, a text for `celsius`, and a forgotten argument.
publish({ reading: { station: measured.output("station"), values: [fahrenheit] }, digits: 2 });

await new Bundle().register(dag).serve();
