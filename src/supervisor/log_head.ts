/**
 * What every log line begins with.
 *
 * @module
 */
import { text } from "./log_text.ts";
import type { SecretsMask } from "./secrets_mask.ts";

let lastTime = NaN;
let lastText = "";

/** The time in RFC 3339; many lines are of the same millisecond, and writing it out takes time. */
function timestamp(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastText = new Date(time).toISOString();
  }
  return lastText;
}

/** The latest source of each level: the same few loggers come again and again. */
const sources = new Map<string, { readonly logger: string; readonly text: string }>();

function source(level: string, logger: string): string {
  const last = sources.get(level);
  if (last?.logger === logger) return last.text;
  const shown = `"level":${JSON.stringify(level)},"logger":${JSON.stringify(text(logger))}`;
  sources.set(level, { logger, text: shown });
  return shown;
}

/** A line up to its event, the comma left out. `time` is in ms since 1970. */
export function logHead(
  time: number,
  level: string,
  logger: string,
  secrets?: SecretsMask,
): string {
  const name = secrets === undefined || secrets.isEmpty ? logger : secrets.mask(text(logger));
  return `{"timestamp":"${timestamp(time)}",${source(level, name)}`;
}
