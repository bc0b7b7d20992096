/**
 * Cron expressions: whether Airflow takes one, and when it is next due.
 *
 * @module
 */

/** Airflow's names for common schedules. */
export type CronPreset = "@hourly" | "@daily" | "@weekly" | "@monthly" | "@quarterly" | "@yearly";

const CRON_PRESETS: Readonly<Record<CronPreset, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@quarterly": "0 0 1 */3 *",
  "@yearly": "0 0 1 1 *",
};

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const DAYS = "sun mon tue wed thu fri sat".split(" ");
const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59, names: [] },
  { name: "hour", min: 0, max: 23, names: [] },
  { name: "day of the month", min: 1, max: 31, names: [] },
  { name: "month", min: 1, max: 12, names: ["", ...MONTHS] },
  { name: "day of the week", min: 0, max: 7, names: DAYS },
];

/** The expression behind a preset's name, or the text itself. */
export function expandPreset(text: string): string {
  return isPreset(text) ? CRON_PRESETS[text] : text;
}

function isPreset(text: string): text is CronPreset {
  return Object.hasOwn(CRON_PRESETS, text);
}

/** What is wrong with a cron expression of five fields; undefined when nothing is. */
export function findCronFault(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) {
    return `it has ${fields.length} fields, and Airflow wants 5: minute, hour, day, month, weekday`;
  }
  for (const [i, field] of FIELDS.entries()) {
    const text = fields[i] ?? "";
    const found = findFieldFault(text, field);
    if (found !== undefined) return `the ${field.name} "${text}" ${found}`;
  }
  return undefined;
}

function findFieldFault(text: string, field: Field): string | undefined {
  for (const part of text.split(",")) {
    if (isSpecial(part, field)) continue;
    const match = /^(\*|[\da-z]+)(?:-([\da-z]+))?(?:\/(\d+))?$/i.exec(part);
    if (match === null) return "is none";
    const [, from = "", to, step] = match;
    if (from === "*" && to !== undefined) return "is none";
    for (const word of [from, to]) {
      if (word === undefined || word === "*") continue;
      const value = valueOf(word, field);
      if (value === undefined) return `is none`;
      if (value < field.min || value > field.max) return `is not in ${field.min}-${field.max}`;
    }
    if (step !== undefined && Number(step) === 0) return "has a step of 0";
  }
  return undefined;
}

/** The last day, `L`, and the nth weekday of the month, `fri#2` or `L5`. */
function isSpecial(part: string, field: Field): boolean {
  if (field.name === "day of the month") return /^l$/i.test(part);
  if (field.name !== "day of the week") return false;
  const [, day = "", nth] = /^([\da-z]+)#([1-5])$/i.exec(part) ?? [];
  if (nth !== undefined) return valueOf(day, field) !== undefined;
  return /^l[0-7]$/i.test(part);
}

function valueOf(word: string, { names }: Field): number | undefined {
  if (/^\d{1,2}$/.test(word)) return Number(word);
  const index = names.indexOf(word.toLowerCase());
  return index < 0 ? undefined : index;
}
