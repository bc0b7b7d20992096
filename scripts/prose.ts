/**
 * Finds turns of phrase that this project does not use, and says what to write instead.
 *
 *   deno run --allow-read scripts/prose.ts PATH…    (files and folders)
 *
 * @module
 */

/** Each turn of phrase, with what to write instead. A space in it matches a line break as well. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/(?<!\bthere )\b(?:is|are|was|were) no (?!longer|more)/gi, "must be a, is not a"],
  [/\b(?:is|are) none\b/g, "must be, does not exist"],
  [/\bin (?:the|its|their) place\b/gi, "instead of, replaces"],
  [/\b(?:go(?:es)?|going|went) on\b/gi, "continues, resumes"],
  [/\b(?:no|some)body\b/gi, "the party's name, or passive"],
  [/\b(?:is|are|was|were) told\b|\bsays? so\b/gi, "receives, reports"],
  [/\blearns?\b/gi, "receives, registers"],
  [/\b(?:com(?:e|es|ing)|came) to (?:its|their|an) end\b/gi, "terminates, finishes"],
  [/\bgiv(?:e|es|ing|en) (?:up|out)\b|\bgave (?:up|out)\b/gi, "abandons, cancels, returns"],
  [/\bbeside\b/gi, "next to, in addition to"],
  [/\bmade[ -]up\b/gi, "fake, generated"],
  [/\b(?:doors?|rooms|chairs?|prompters?)\b/gi, "entry point; module, folder"],
  [/farewell|rehears/gi, "conclusion; warm-up"],
  [/\bschema date\b/gi, "schema version"],
  [/\bnam(?:e|es|ed|ing) (?:a |the |its |their )?permissions?\b/gi, "declares"],
  [/(?<!["'])\bmoments?\b(?!["':])/g, "time, timestamp"],
  [/\b(?:leaves?|leaving|left) behind\b/gi, "pending, open"],
  [/\bengines?\b(?!["'])/gi, "V8, Deno"],
  [/\bfrom when on\b/gi, "once, after"],
  [/\bWhether\b/g, "a verb or noun first"],
  [/\bWhat (?!if )[^.?!"'`]{1,200}\./g, "a verb or noun first"],
  [/\/\*\* (?:How|Where|For|Should|From)\b/g, "a verb or noun first"],
];

const GAP = String.raw`\s+(?:(?:\*|//|#)\s+)?`;
const PATTERNS = BANNED.map(([phrase, instead]) => ({
  phrase: new RegExp(phrase.source.replaceAll(/ (?![^[]*\])/g, GAP), phrase.flags),
  instead,
}));

/** A banned turn of phrase in a text. */
export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly phrase: string;
  readonly instead: string;
}

/** Finds the banned turns of phrase in a text. */
export function findBanned(text: string): Finding[] {
  const found = PATTERNS.flatMap(({ phrase, instead }) =>
    Array.from(text.matchAll(phrase), (match) => ({
      line: text.slice(0, match.index).split("\n").length,
      phrase: match[0].replaceAll(/\s+(?:(?:\*|\/\/|#)\s+)?/g, " ").trim(),
      instead,
    }))
  );
  return found.toSorted((a, b) => a.line - b.line);
}

/** Lists the files below a path, without data, pictures and what other projects wrote. */
export function proseFiles(path: string): string[] {
  if (Deno.statSync(path).isFile) return [path];
  return Array.from(Deno.readDirSync(path)).flatMap(({ name, isDirectory }) => {
    const below = `${path}/${name}`;
    if (isDirectory) return name === "testdata" ? [] : proseFiles(below);
    return /^[^.]+$|\.(?:ts|md|sh|py)$/.test(name) ? [below] : [];
  }).toSorted();
}

if (import.meta.main) {
  for (const file of Deno.args.flatMap(proseFiles)) {
    for (const { line, phrase, instead } of findBanned(Deno.readTextFileSync(file))) {
      console.log(`${file}:${line}: "${phrase}" (instead: ${instead})`);
    }
  }
}
