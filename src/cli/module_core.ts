/**
 * The part of the module that a launch needs anyway: what the binary lends bundles at once.
 *
 * The rest is loaded for bundles that import more (see `bundle/module_link.ts`). What is here must be
 * in mod.ts too, under the same name.
 *
 * @module
 */
export { TaskRuntimeError } from "../error.ts";
export { Bundle } from "../runtime/bundle.ts";
export { VERSION } from "../runtime/version.ts";
export { branch } from "../sdk/branch.ts";
export { getContext } from "../sdk/context.ts";
export {
  DeferTask,
  FailTask,
  RescheduleTask,
  RetryTask,
  SkipTask,
  TaskEnding,
} from "../sdk/ending.ts";
export { poke } from "../sdk/poke.ts";
export { answered, AwaitInput } from "../sdk/question.ts";
export { TaskHandler } from "../sdk/task_handler.ts";
