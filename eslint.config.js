// The house's limits for the studio's page: short files, short functions, nothing unused.

import js from "@eslint/js";
import globals from "globals";

const PAGE = "src/timbrespace/studio/static";
const GEOMETRY = `${PAGE}/geometry/**`;
const WORKLETS = `${PAGE}/**/*worklet.js`;
const TESTS = "tests/javascript/**";
const SHORT = { skipBlankLines: false, skipComments: false };

export default [
  { ignores: [`${PAGE}/vendor/**`, "**/.venv/**", "build/**"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 12],
      eqeqeq: "error",
      "max-depth": ["error", 4],
      "max-lines": ["error", { max: 300, ...SHORT }],
      "max-lines-per-function": ["error", { max: 60, ...SHORT }],
      "max-params": ["error", 6],
      "no-eval": "error",
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { args: "after-used", caughtErrors: "all" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: [`${PAGE}/**/*.js`],
    ignores: [GEOMETRY, WORKLETS],
    languageOptions: { globals: globals.browser },
    // The browser's oldest globals hide forgotten variables.
    rules: {
      "no-restricted-globals": ["error", "event", "name", "length", "status", "parent", "top", "self"],
    },
  },
  { files: [WORKLETS], languageOptions: { globals: globals.audioWorklet } },
  {
    // Pure: no document, no window, no modules from outside.
    files: [`${GEOMETRY}/*.js`],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ regex: "^(?!\\./)", message: "geometry is pure" }] }],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random" },
        { object: "Date", property: "now" },
      ],
    },
  },
  {
    files: [`${TESTS}/*.js`],
    languageOptions: { globals: globals.node },
    rules: { "max-lines-per-function": "off" },
  },
];
