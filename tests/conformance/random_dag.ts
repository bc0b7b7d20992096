/** Random Dags as data, valid ones, the same for the same seed. */
import type { Random } from "../fuzz/random.ts";
import type { DagSpec, TaskSpec } from "../runtime/dag_spec.ts";

const SCHEDULES = [
  null,
  "@once",
  "@continuous",
  "0 3 * * *",
  "*/15 8-18 * * mon-fri",
  "5 4 1,15 * 0",
  { __timedelta: 5400 },
] as const;
const TRIGGER_RULES = [
  "all_success",
  "all_failed",
  "all_done",
  "one_success",
  "one_failed",
  "none_failed",
  "none_skipped",
  "always",
  "none_failed_min_one_success",
];
const MOMENTS = ["2026-01-01T00:00:00+00:00", "2025-06-30T23:59:59.250000+00:00"];

/** A random Dag of this id. */
export function randomDag(random: Random, dagId: string): DagSpec {
  const groups = randomGroups(random);
  const tasks: TaskSpec[] = [];
  const count = 1 + random.below(10);
  const dagSpec = randomDagSpec(random);
  const isFailFast = dagSpec["fail_fast"] === true;
  for (let i = 0; i < count; i++) {
    const group = groups.length > 0 && chance(random, 0.5) ? random.pick(groups) : undefined;
    const before = tasks.map(idOf).filter(() => chance(random, 0.3));
    const plain = tasks.filter(({ expand }) => expand === undefined).map(idOf);
    tasks.push({
      task_id: `task-${i}`,
      ...(group === undefined ? {} : { group }),
      upstream: before,
      spec: randomTaskSpec(random, isFailFast),
      ...(chance(random, 0.2) ? { expand: randomSources(random, plain) } : {}),
    });
  }
  return { dag_id: dagId, spec: dagSpec, groups, tasks };
}

function idOf({ task_id: id, group }: TaskSpec): string {
  return group === undefined ? id : `${group}.${id}`;
}

function randomGroups(random: Random): string[] {
  const groups: string[] = [];
  for (let i = random.below(4); i > 0; i--) {
    const label = `group_${groups.length}`;
    const isInside = groups.length > 0 && chance(random, 0.4);
    groups.push(isInside ? `${random.pick(groups)}.${label}` : label);
  }
  return groups;
}

function randomDagSpec(random: Random): Record<string, unknown> {
  const schedule = random.pick(SCHEDULES);
  const start = { __datetime: random.pick(MOMENTS) };
  return {
    schedule: chance(random, 0.15) ? randomAssets(random) : schedule,
    ...some(random, {
      start_date: start,
      end_date: { __datetime: "2027-03-04T05:06:07+00:00" },
      description: "a Dag out of the blue",
      dag_display_name: "Blue Dag",
      doc_md: "# blue\nsky",
      tags: ["b", "a", "b", "ü"],
      max_active_tasks: 1 + random.below(40),
      max_consecutive_failed_dag_runs: random.below(5),
      dagrun_timeout: { __timedelta: random.below(100_000) / 4 },
      fail_fast: chance(random, 0.5),
      is_paused_upon_creation: chance(random, 0.5),
      render_template_as_native_obj: chance(random, 0.5),
      disable_bundle_versioning: chance(random, 0.5),
      rerun_with_latest_version: chance(random, 0.5),
      owner_links: { me: "https://example.com/me" },
      access_control: { Viewer: { DAGs: ["can_read"] }, Op: { "DAG Runs": ["can_create"] } },
      allowed_run_types: ["scheduled", "manual", "asset_triggered"],
      default_args: some(random, {
        retries: random.below(4),
        retry_delay: { __timedelta: 30 },
        owner: "somebody",
        queue: "deno",
        depends_on_past: true,
      }),
      params: randomParams(random),
    }),
    max_active_runs: schedule === "@continuous" ? 1 : 1 + random.below(20),
  };
}

function randomAssets(random: Random): unknown {
  const asset = (): unknown => ({
    __asset: { name: `asset-${random.below(5)}`, uri: `s3://bucket/${random.below(5)}/` },
  });
  const several = (): unknown[] => Array.from({ length: 1 + random.below(3) }, asset);
  const kind = random.below(3);
  if (kind === 0) return several();
  return kind === 1 ? { __any: [...several(), { __alias: "alias" }] } : { __all: several() };
}

function randomParams(random: Random): Record<string, unknown> {
  return some(random, {
    count: 3,
    word: "text",
    flag: true,
    nothing: null,
    region: { type: "string", enum: ["eu", "us"], default: "eu", description: "where" },
    sizes: { type: "array", items: { type: "integer" }, default: [1, 2], title: "Sizes" },
    nested: { type: "object", default: { a: { b: [1, { c: null }] } } },
  });
}

function randomTaskSpec(random: Random, isFailFast: boolean): Record<string, unknown> {
  return some(random, {
    owner: random.pick(["airflow", "me"]),
    retries: random.below(4),
    retry_delay: { __timedelta: random.pick([300, 1.5, 600]) },
    retry_exponential_backoff: random.below(3),
    max_retry_delay: { __timedelta: 900 },
    execution_timeout: { __timedelta: random.pick([0.5, 60]) },
    queue: random.pick(["default", "deno"]),
    pool: random.pick(["default_pool", "tiny"]),
    pool_slots: 1 + random.below(2),
    priority_weight: random.below(4),
    weight_rule: random.pick(["downstream", "upstream", "absolute"]),
    ...(isFailFast ? {} : { trigger_rule: random.pick(TRIGGER_RULES) }),
    depends_on_past: chance(random, 0.5),
    ignore_first_depends_on_past: chance(random, 0.5),
    wait_for_past_depends_before_skipping: chance(random, 0.5),
    start_date: { __datetime: random.pick(MOMENTS) },
    end_date: { __datetime: "2027-03-04T05:06:07+00:00" },
    task_display_name: "The Task",
    doc: "words",
    doc_md: "*words*",
    params: randomParams(random),
    max_active_tis_per_dag: 1 + random.below(5),
    max_active_tis_per_dagrun: 1 + random.below(5),
    executor: "LocalExecutor",
    executor_config: { a: { b: [1, { c: "d" }] }, e: null },
    do_xcom_push: chance(random, 0.5),
    multiple_outputs: chance(random, 0.5),
    map_index_template: "{{ a }}",
    inlets: [{ __asset: { name: "in", extra: { k: [1] } } }],
    outlets: [{ __asset: { name: "out", uri: "file:///out/", group: "g" } }, { __alias: "al" }],
  });
}

function randomSources(random: Random, plain: readonly string[]): Record<string, unknown> {
  const source = (): unknown =>
    plain.length > 0 && chance(random, 0.4)
      ? { __xcom: random.pick(plain) }
      : random.pick([[1, 2, 3], ["x", { y: [null, true] }], []]);
  return Object.fromEntries(
    ["a", "b", "c"].slice(0, 1 + random.below(3)).map((name) => [name, source()]),
  );
}

/** Some of the entries. */
function some(random: Random, all: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(() => chance(random, 0.35)));
}

function chance(random: Random, share: number): boolean {
  return random.below(1000) < share * 1000;
}
