/** Schedules, assets and deadlines of random Dags, as data. */
import type { Random } from "../../fuzz/random.ts";

const SCHEDULES = [
  null,
  "@once",
  "@continuous",
  "0 3 * * *",
  "*/15 8-18 * * mon-fri",
  "5 4 1,15 * 0",
  { __timedelta: 5400 },
] as const;
/** Moments in the form in which Python reads them. */
export const MOMENTS = ["2026-01-01T00:00:00+00:00", "2025-06-30T23:59:59.250000+00:00"];

/** A schedule of any kind. EventsTimetable is missing: Airflow 3.4.0b2 cannot write its own. */
export function randomSchedule(random: Random): unknown {
  if (chance(random, 0.15)) return randomAssets(random);
  return chance(random, 0.4) ? randomTimetable(random) : random.pick(SCHEDULES);
}

function randomTimetable(random: Random): unknown {
  const zone = random.pick(["UTC", "Europe/Berlin", "America/New_York"]);
  const trigger = {
    timezone: zone,
    ...some(random, {
      interval: { __timedelta: random.pick([60, 86_400, 0.5]) },
      run_immediately: random.pick([true, false, { __timedelta: 600 }]),
    }),
  };
  const cron = (): string => random.pick(["0 3 * * *", "*/15 8-18 * * mon-fri", "5 4 1,15 * 0"]);
  const timed = random.pick([
    { kind: "cron", expression: cron(), ...trigger },
    { kind: "crons", expressions: [cron(), cron()], ...trigger },
    { kind: "cron-interval", expression: cron(), timezone: zone },
    { kind: "delta", delta: { __timedelta: 5400 }, interval: { __timedelta: random.below(100) } },
    { kind: "delta-interval", delta: { __timedelta: 1.5 + random.below(1000) } },
  ]);
  if (chance(random, 0.8)) return { __timetable: timed };
  const both = {
    kind: "asset-or-time",
    assets: randomAssets(random),
    timetable: { __timetable: timed },
  };
  return { __timetable: both };
}

/** A deadline. */
export function randomDeadline(random: Random): unknown {
  return {
    __deadline: {
      reference: random.pick([
        "logical-date",
        "queued-at",
        { at: { __datetime: random.pick(MOMENTS) } },
        { averageRuntimeOf: 10 },
        { averageRuntimeOf: 10, minRuns: 2 },
      ]),
      interval: { __timedelta: random.pick([3600, 0.5, 90_000]) },
      callback: {
        path: "alerts.tell",
        ...some(random, { kwargs: { to: "me", n: [1, { a: null }] } }),
      },
      ...some(random, { name: "late" }),
    },
  };
}

const WATCHER = {
  name: "watcher",
  trigger: {
    classpath: "airflow.providers.standard.triggers.file.FileDeleteTrigger",
    kwargs: { filepath: "/data/ready", poke_interval: 2.5 },
  },
};

function randomAssets(random: Random): unknown {
  return chance(random, 0.4)
    ? Array.from({ length: 1 + random.below(3) }, () => randomCondition(random, 0))
    : { __any: [randomCondition(random, 1), randomCondition(random, 1)] };
}

/** Assets, aliases and references, nested up to three deep. */
function randomCondition(random: Random, depth: number): unknown {
  const kind = random.below(depth > 2 ? 6 : 9);
  if (kind < 3) {
    return {
      __asset: {
        name: `asset-${random.below(5)}`,
        uri: `s3://bucket/${random.below(5)}/`,
        ...some(random, { group: "g", extra: { k: [1, { l: null }] }, watchers: [WATCHER] }),
      },
    };
  }
  if (kind === 3) return { __alias: `alias-${random.below(3)}` };
  if (kind < 6) return { __ref: `other-${random.below(3)}` };
  const several = Array.from(
    { length: 1 + random.below(3) },
    () => randomCondition(random, depth + 1),
  );
  return kind === 6 ? { __all: several } : { __any: several };
}

/** Some of the entries. */
export function some(random: Random, all: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(() => chance(random, 0.35)));
}

/** True in so many cases of one. */
export function chance(random: Random, share: number): boolean {
  return random.below(1000) < share * 1000;
}
