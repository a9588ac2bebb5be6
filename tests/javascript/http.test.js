// Requests: their words when they fail, their queries, their order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn, query, refusal } from "../../src/timbrespace/studio/static/core/http.js";

test("a refusal is the studio's own line, else the status", () => {
  assert.equal(refusal('{"error": "--rate is 7; give 8 or more"}', 422), "--rate is 7; give 8 or more");
  assert.equal(refusal("<html>", 502), "The studio answered 502.");
  assert.match(refusal("", 0), /does not answer/);
});

test("what is not given is left out of a query, and nothing can break out of it", () => {
  assert.equal(query("/a", { start: 0, end: null, columns: undefined }), "/a?start=0");
  assert.equal(query("/a", { name: "b&c=d é.wav" }), "/a?name=b%26c%3Dd+%C3%A9.wav");
  assert.equal(query("/a", {}), "/a");
});

test("changes of one thing go out one after the other, also after one that fails; others do not wait", async () => {
  /** @type {string[]} */
  const log = [];
  const slow = (/** @type {string} */ name, /** @type {number} */ ms, fails = false) => async () => {
    log.push(`begin ${name}`);
    await new Promise((done) => setTimeout(done, ms));
    log.push(`end ${name}`);
    if (fails) throw new Error(name);
    return name;
  };
  const first = inTurn("p", slow("1", 20, true));
  const second = inTurn("p", slow("2", 1));
  const other = inTurn("q", slow("3", 1));
  await assert.rejects(first, /1/);
  assert.equal(await second, "2");
  assert.equal(await other, "3");
  assert.deepEqual(log, ["begin 1", "begin 3", "end 3", "end 1", "begin 2", "end 2"]);
});
