/** Makes random, valid Dags as data; the same seed makes the same Dags. */
import type { Random } from "../../fuzz/random.ts";
import { type DagSpec, type GroupSpec, keyOf, type TaskSpec } from "../../runtime/dag/dag_spec.ts";
import { chance, MOMENTS, randomDeadline, randomSchedule, some } from "./random_schedule.ts";

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

/** Makes a random Dag. */
export function randomDag(random: Random, dagId: string): DagSpec {
  const groups = randomGroups(random);
  const groupSpecs = randomGroupSpecs(random, groups);
  const dagSpec = randomDagSpec(random);
  const tasks: TaskSpec[] = [];
  const count = 1 + random.below(10);
  const isFailFast = dagSpec["fail_fast"] === true;
  const hasSetup = chance(random, 0.25);
  for (let i = 0; i < count; i++) {
    const group = groups.length > 0 && chance(random, 0.5) ? random.pick(groups) : undefined;
    const isInMapped = isMapped(group, groupSpecs);
    const { trigger_rule: rule, ...rest } = randomTaskSpec(random, isFailFast);
    const isRuleFree = rule !== undefined && !hasSetup && !(isInMapped && rule === "always");
    const kind = chance(random, 0.15) ? { kind: "empty" as const } : {};
    tasks.push({
      task_id: `task-${i}`,
      ...(group === undefined ? {} : { group }),
      upstream: tasks.map(keyOf).filter(() => chance(random, 0.3)),
      spec: { ...rest, ...(isRuleFree ? { trigger_rule: rule } : {}) },
      ...(isInMapped || "kind" in kind ? {} : randomMapping(random, plainTasks(tasks, groupSpecs))),
      ...kind,
    });
  }
  if (hasSetup) addSetup(random, tasks);
  return {
    dag_id: dagId,
    spec: dagSpec,
    groups,
    group_specs: groupSpecs,
    tasks,
    order_edges: randomOrderEdges(random, groups, tasks),
  };
}

function isMapped(group: string | undefined, specs: Readonly<Record<string, GroupSpec>>): boolean {
  return Object.entries(specs).some(([key, { expand }]) =>
    expand !== undefined && (group === key || group?.startsWith(`${key}.`) === true)
  );
}

/** Returns the tasks whose results others can be mapped over. */
function plainTasks(
  tasks: readonly TaskSpec[],
  groups: Readonly<Record<string, GroupSpec>>,
): string[] {
  return tasks.filter((task) =>
    task.expand === undefined && task.expand_kwargs === undefined && task.kind === undefined &&
    !isMapped(task.group, groups)
  ).map(keyOf);
}

function randomMapping(random: Random, plain: readonly string[]): Partial<TaskSpec> {
  if (chance(random, 0.2)) return { expand: randomSources(random, plain) };
  if (!chance(random, 0.1)) return {};
  const list = [{ a: 1, b: [null] }, { a: "x" }];
  return {
    expand_kwargs: plain.length > 0 && chance(random, 0.5) ? { __xcom: random.pick(plain) } : list,
  };
}

/** Adds a setup upstream of some of the tasks, and its teardown downstream of them. */
function addSetup(random: Random, tasks: TaskSpec[]): void {
  const work = tasks.map(keyOf).filter(() => chance(random, 0.5));
  for (const [i, task] of tasks.entries()) {
    if (work.includes(keyOf(task))) tasks[i] = { ...task, upstream: [...task.upstream, "set-up"] };
  }
  tasks.push({ task_id: "set-up", upstream: [], spec: {}, role: "setup" }, {
    task_id: "tear-down",
    upstream: work,
    spec: {},
    role: "teardown",
    setups: ["set-up"],
    ...(chance(random, 0.5) ? { on_failure_fail_dagrun: true } : {}),
  });
}

/** Makes edges from and to groups without a cycle; those of inner groups first, as Python needs it. */
function randomOrderEdges(
  random: Random,
  groups: readonly string[],
  tasks: readonly TaskSpec[],
): [string, string, string?][] {
  const keys = tasks.map(keyOf);
  const within = (node: string): string[] =>
    keys.filter((key) => key === node || key.startsWith(`${node}.`));
  const behind = new Map(keys.map((key) => [key, new Set<string>()]));
  const draw = (from: string, to: string): void => {
    for (const first of within(from)) for (const each of within(to)) behind.get(first)?.add(each);
  };
  for (const task of tasks) {
    for (const each of [...task.upstream, ...sourcesOf(task)]) draw(each, keyOf(task));
  }
  if (behind.has("set-up")) draw("set-up", "tear-down");
  const reaches = (from: string, to: readonly string[], seen = new Set<string>()): boolean => {
    if (to.includes(from)) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...behind.get(from) ?? []].some((next) => reaches(next, to, seen));
  };
  const free = keys.filter((key) => !key.endsWith("-up") && !key.endsWith("-down"));
  const edges: [string, string, string?][] = [];
  for (let i = groups.length === 0 ? 0 : 2 * random.below(3); i > 0; i--) {
    const ends = [random.pick(groups), random.pick([...groups, ...free])];
    const [from = "", to = ""] = chance(random, 0.5) ? ends : ends.toReversed();
    const [first, last] = [within(from), within(to)];
    const isNested = from === to || `${from}.`.startsWith(`${to}.`) ||
      `${to}.`.startsWith(`${from}.`);
    if (isNested || first.length === 0 || last.length === 0) continue;
    if (last.some((each) => reaches(each, first))) continue;
    draw(from, to);
    edges.push(chance(random, 0.3) ? [from, to, "then"] : [from, to]);
  }
  return edges.toSorted((a, b) => sharedDepth(b) - sharedDepth(a));
}

/** Returns the tasks whose results a task is mapped over. */
function sourcesOf({ expand = {}, expand_kwargs: kwargs }: TaskSpec): string[] {
  return [...Object.values(expand), kwargs].flatMap((source) =>
    typeof source !== "object" || source === null || Array.isArray(source)
      ? []
      : Object.values(source).flat()
  );
}

function sharedDepth([from, to]: readonly [string, string, string?]): number {
  const [a, b] = [from, to].map((key) => key.split(".").slice(0, -1));
  let depth = 0;
  while (a !== undefined && depth < a.length && a[depth] === b?.[depth]) depth++;
  return depth;
}

function randomGroupSpecs(
  random: Random,
  groups: readonly string[],
): Record<string, GroupSpec> {
  const specs: Record<string, GroupSpec> = {};
  for (const key of groups) {
    const canMap = !Object.entries(specs).some(([outer, { expand }]) =>
      expand !== undefined && key.startsWith(`${outer}.`)
    );
    specs[key] = {
      spec: some(random, {
        prefix_group_id: chance(random, 0.5),
        tooltip: "what is in it",
        group_display_name: "The Group",
        ui_color: "#aabbcc",
        ui_fgcolor: "white",
        default_args: some(random, { retries: 1 + random.below(3), queue: "grouped" }),
      }),
      ...(canMap && chance(random, 0.2) ? { expand: { n: [1, 2], m: ["x"] } } : {}),
    };
  }
  return specs;
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
  const schedule = randomSchedule(random);
  const start = { __datetime: random.pick(MOMENTS) };
  return {
    schedule,
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
      access_control: {
        Admin: chance(random, 0.5) ? ["can_edit", "can_read"] : { DAGs: [] },
        Viewer: { DAGs: ["can_read"] },
        Op: { "DAG Runs": ["can_create"] },
      },
      allowed_run_types: ["scheduled", "manual", "asset_triggered"],
      deadline: chance(random, 0.5)
        ? randomDeadline(random)
        : [0, 1].map(() => randomDeadline(random)),
      default_args: some(random, {
        retries: random.below(4),
        retry_delay: { __timedelta: 30 },
        owner: "data-team",
        queue: "deno",
        depends_on_past: true,
      }),
      params: randomParams(random),
    }),
    max_active_runs: schedule === "@continuous" ? 1 : 1 + random.below(20),
  };
}

function randomParams(random: Random): Record<string, unknown> {
  return some(random, {
    count: 3,
    word: "text",
    flag: true,
    nothing: null,
    region: { type: "string", enum: ["eu", "us"], default: "eu", description: "where" },
    sizes: { type: "array", items: { type: "integer" }, default: [1, 2], title: "Sizes" },
    either: { type: ["string", "null"], default: null, format: "date-time", section: "Times" },
    ratio: { type: "number", minimum: 0, exclusiveMaximum: 1, default: 0.25 },
    picked: { enum: [1, "two", null], default: "two", description_md: "*one* of them" },
    word2: { type: "string", pattern: "^[a-z]+$", minLength: 1, maxLength: 5, default: "abc" },
    flagged: { type: "boolean", default: false, const: false },
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
      : plain.length > 1 && chance(random, 0.3)
      ? { [random.pick(["__zip", "__concat"])]: plain.slice(0, 2) }
      : random.pick([[1, 2, 3], ["x", { y: [null, true] }], []]);
  return Object.fromEntries(
    ["a", "b", "c"].slice(0, 1 + random.below(3)).map((name) => [name, source()]),
  );
}
