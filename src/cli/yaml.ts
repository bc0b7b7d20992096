/**
 * The reader of YAML, loaded when there is some: a bundler gives a library in CommonJS its names by
 * an `import` statement only, not by `import()`.
 *
 * @module
 */
export { parse } from "yaml";
