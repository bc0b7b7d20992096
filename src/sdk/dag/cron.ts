/**
 * Cron expressions, as Airflow reads them.
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
  readonly name: "minute" | "hour" | "day of the month" | "month" | "day of the week";
  readonly min: number;
  readonly max: number;
  /** Words for numbers; the index is the number. */
  readonly words: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59, words: [] },
  { name: "hour", min: 0, max: 23, words: [] },
  { name: "day of the month", min: 1, max: 31, words: [] },
  {
    name: "month",
    min: 1,
    max: 12,
    words: ["", ..."jan feb mar apr may jun jul aug sep oct nov dec".split(" ")],
  },
  { name: "day of the week", min: 0, max: 7, words: "sun mon tue wed thu fri sat".split(" ") },
];

interface FieldValues {
  readonly isAny: boolean;
  readonly values: Set<number>;
  /** `L` of the days; `L5` of the weekdays. */
  readonly last: number[];
  /** `fri#2`. */
  readonly nth: (readonly [weekday: number, nth: number])[];
}

/** Returns the expression of a preset; any other text as it is. */
export function expandPreset(text: string): string {
  return isPreset(text) ? CRON_PRESETS[text] : text;
}

function isPreset(text: string): text is CronPreset {
  return Object.hasOwn(CRON_PRESETS, text);
}

/** Finds the first fault of a cron expression; undefined for a valid one. */
export function findCronFault(expression: string): string | undefined {
  const read = readFields(expression);
  return typeof read === "string" ? read : undefined;
}

/** Finds the first time after `instant` at which a valid expression is due in a time zone. */
export function nextCron(
  expression: string,
  instant: Temporal.Instant,
  timezone: string,
): Temporal.Instant | undefined {
  const fields = readFields(expression);
  if (typeof fields === "string") return undefined;
  const [minutes, hours, days, months, weekdays] = fields;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const start = instant.toZonedDateTimeISO(timezone);
  let date = start.toPlainDate();
  // The calendar repeats after 400 years, so a later search finds nothing new.
  for (let searched = 0; searched < 12 * 400;) {
    if (!months.values.has(date.month)) {
      date = date.with({ day: 1 }).add({ months: 1 });
      searched++;
      continue;
    }
    if (isDueOn(date, days, weekdays)) {
      for (const hour of sorted(hours.values)) {
        for (const minute of sorted(minutes.values)) {
          const due = date.toZonedDateTime({ timeZone: timezone, plainTime: { hour, minute } });
          // A time that a clock change skips does not exist.
          if (due.hour !== hour || due.minute !== minute) continue;
          if (Temporal.ZonedDateTime.compare(due, start) > 0) return due.toInstant();
        }
      }
    }
    const next = date.add({ days: 1 });
    if (next.month !== date.month) searched++;
    date = next;
  }
  return undefined;
}

/** Reads an expression; returns the first fault of an invalid one. */
function readFields(expression: string): FieldValues[] | string {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) {
    return `it must have 5 fields (minute, hour, day, month, weekday), got ${texts.length}`;
  }
  const read: FieldValues[] = [];
  for (const [i, field] of FIELDS.entries()) {
    const text = texts[i] ?? "";
    const values: FieldValues = { isAny: text === "*", values: new Set(), last: [], nth: [] };
    for (const part of text.toLowerCase().split(",")) {
      const fault = readSpecial(part, field, values) ? undefined : readRange(part, field, values);
      if (fault !== undefined) return `the ${field.name} ${fault}, got "${text}"`;
    }
    read.push(values);
  }
  return read;
}

/** Reads the last day, `L`, the last weekday, `L5`, or the nth weekday, `fri#2`. */
function readSpecial(part: string, field: Field, { last, nth }: FieldValues): boolean {
  if (field.name === "day of the month" && part === "l") return last.push(0) > 0;
  if (field.name !== "day of the week") return false;
  const lastDay = /^l([0-7])$/.exec(part)?.[1];
  if (lastDay !== undefined) return last.push(Number(lastDay) % 7) > 0;
  const [, word = "", count] = /^([\da-z]+)#([1-5])$/.exec(part) ?? [];
  const weekday = numberOf(word, field) ?? Infinity;
  return weekday <= field.max && nth.push([weekday % 7, Number(count)]) > 0;
}

/** Reads `*`, `5`, `mon-fri` or one of them with a step, `/2`; returns the fault of another text. */
function readRange(part: string, field: Field, { values }: FieldValues): string | undefined {
  const { min, max } = field;
  const match = /^(\*|[\da-z]+)(?:-([\da-z]+))?(?:\/(\d+))?$/.exec(part);
  const [, from = "", to, step] = match ?? [];
  const isAny = from === "*";
  const first = isAny ? min : numberOf(from, field);
  const end = to === undefined ? isAny || step !== undefined ? max : first : numberOf(to, field);
  if (first === undefined || end === undefined || (isAny && to !== undefined)) {
    return "must be a list of cron ranges";
  }
  if ([first, end].some((value) => value < min || value > max)) return `must be in ${min}-${max}`;
  if (Number(step) === 0) return "must have a positive step";
  const span = field.name === "day of the week" ? 7 : max - min + 1;
  // A range like fri-mon wraps around.
  for (let value = first; value <= (end < first ? end + span : end); value += Number(step ?? 1)) {
    values.add(min + (value - min) % span);
  }
  return undefined;
}

function numberOf(word: string, { words }: Field): number | undefined {
  if (/^\d{1,2}$/.test(word)) return Number(word);
  const index = words.indexOf(word);
  return word === "" || index < 0 ? undefined : index;
}

/** If both days and weekdays are restricted, either is enough. */
function isDueOn(date: Temporal.PlainDate, days: FieldValues, weekdays: FieldValues): boolean {
  const weekday = date.dayOfWeek % 7;
  const isLast = date.day + 7 > date.daysInMonth;
  const onDay = days.values.has(date.day) ||
    (days.last.length > 0 && date.day === date.daysInMonth);
  const onWeekday = weekdays.values.has(weekday) ||
    (isLast && weekdays.last.includes(weekday)) ||
    weekdays.nth.some(([day, nth]) => day === weekday && Math.ceil(date.day / 7) === nth);
  if (days.isAny) return onWeekday;
  if (weekdays.isAny) return onDay;
  return onDay || onWeekday;
}

function sorted(values: ReadonlySet<number>): number[] {
  return [...values].toSorted((a, b) => a - b);
}
