/**
 * The YAML parser, imported on demand. A bundler resolves the names of a CommonJS library only for an
 * `import` statement, not for `import()`.
 *
 * @module
 */
export { parse } from "yaml";
