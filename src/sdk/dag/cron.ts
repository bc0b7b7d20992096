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

/** The first time after `instant` at which `expression` is due, in a time zone. */
export function nextCron(
  expression: string,
  instant: Temporal.Instant,
  timezone: string,
): Temporal.Instant | undefined {
  const [minutes, hours, days, months, weekdays] = readFields(expression);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const start = instant.toZonedDateTimeISO(timezone);
  const isDay = (date: Temporal.PlainDate): boolean => isDue(date, days, weekdays);
  let date = start.toPlainDate();
  // Four centuries of leap years and weekdays are more than any expression can wait for.
  for (let looked = 0; looked < 12 * 400;) {
    if (!months.values.has(date.month)) {
      date = date.with({ day: 1 }).add({ months: 1 });
      looked++;
      continue;
    }
    if (isDay(date)) {
      for (const hour of sorted(hours.values)) {
        for (const minute of sorted(minutes.values)) {
          const due = date.toZonedDateTime({ timeZone: timezone, plainTime: { hour, minute } });
          // A time that the clocks pass over does not come.
          if (due.hour !== hour || due.minute !== minute) continue;
          if (Temporal.ZonedDateTime.compare(due, start) > 0) return due.toInstant();
        }
      }
    }
    const next = date.add({ days: 1 });
    if (next.month !== date.month) looked++;
    date = next;
  }
  return undefined;
}

interface FieldValues {
  readonly isAny: boolean;
  readonly values: ReadonlySet<number>;
  /** `L` in the days; `L5` in the weekdays. */
  readonly last: readonly number[];
  /** `fri#2`. */
  readonly nth: readonly (readonly [weekday: number, nth: number])[];
}

const RANGES: readonly (readonly [number, number])[] = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]];

function readFields(expression: string): (FieldValues | undefined)[] {
  const texts = expression.trim().split(/\s+/);
  return RANGES.map(([min, max], i) => readField(texts[i] ?? "*", min, max, i));
}

function readField(text: string, min: number, max: number, index: number): FieldValues {
  const values = new Set<number>();
  const last: number[] = [];
  const nth: [number, number][] = [];
  for (const part of text.toLowerCase().split(",")) {
    const [word = "", step = "1"] = part.split("/");
    const [from = "", to] = word.split("-");
    if (word.startsWith("l")) last.push(Number(word.slice(1) || 0));
    else if (word.includes("#")) {
      const [day = "", count = ""] = word.split("#");
      nth.push([numberOf(day, index) % 7, Number(count)]);
    } else {
      const first = from === "*" ? min : numberOf(from, index);
      const end = from === "*"
        ? max
        : to === undefined
        ? part.includes("/") ? max : first
        : numberOf(to, index);
      for (let value = first; value <= end; value += Number(step)) {
        values.add(index === 4 ? value % 7 : value);
      }
    }
  }
  return { isAny: text === "*", values, last, nth };
}

function numberOf(word: string, index: number): number {
  if (/^\d+$/.test(word)) return Number(word);
  return index === 3 ? MONTHS.indexOf(word) + 1 : DAYS.indexOf(word);
}

/** Both the day and the weekday count when only one is given; either does when both are. */
function isDue(date: Temporal.PlainDate, days: FieldValues, weekdays: FieldValues): boolean {
  const weekday = date.dayOfWeek % 7;
  const isLast = date.day + 7 > date.daysInMonth;
  const onDay = days.values.has(date.day) ||
    (days.last.length > 0 && date.day === date.daysInMonth);
  const onWeekday = weekdays.values.has(weekday) ||
    (isLast && weekdays.last.some((day) => day % 7 === weekday)) ||
    weekdays.nth.some(([day, nth]) => day === weekday && Math.ceil(date.day / 7) === nth);
  if (days.isAny) return onWeekday;
  if (weekdays.isAny) return onDay;
  return onDay || onWeekday;
}

function sorted(values: ReadonlySet<number>): number[] {
  return [...values].toSorted((a, b) => a - b);
}
