// A mock round against a running server, with types that openapi-typescript generated.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
type TurnEvent =
  | { name: "state"; data: Schemas["StateEvent"] }
  | { name: "feedback.delta"; data: Schemas["Feedback"] }
  | { name: "judged"; data: Schemas["Turn"] };

const baseUrl = process.env.VIVA_URL!;
const client = createClient<paths>({ baseUrl });

/** Reads the events of a turn by hand, to the end of the stream. */
async function* events(turn: string): AsyncGenerator<TurnEvent> {
  const response = await fetch(`${baseUrl}/api/v1/turns/${turn}/events`);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  for (const event of (await response.text()).split("\n\n")) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(event)?.[1];
    const [name, data] = [field("event"), field("data")];
    if (name && data) yield { name, data: JSON.parse(data) } as TurnEvent;
  }
}

/** The value of a response that must have succeeded. */
function ok<T>(result: { data?: T; error?: unknown }): T {
  assert.equal(result.error, undefined);
  assert.notEqual(result.data, undefined);
  return result.data!;
}

const question = "borrowing-aliasing-rules";
const listed = ok(await client.GET("/api/v1/questions", { params: { query: { topic: "borrowing" } } }));
assert(listed.questions.some(({ id }) => id === question));
const path = { id: question };
const revealed = ok(await client.GET("/api/v1/questions/{id}", { params: { path, query: { reveal: true } } }));

const body: Schemas["NewSession"] = { question_ids: [question, "ownership-why"], follow_ups: 0 };
const session = ok(await client.POST("/api/v1/sessions", { body }));
const [typed, spoken] = session.turns;
assert(typed && spoken);
assert.equal(session.next_turn?.id, typed.id);

const judged = ok(
  await client.POST("/api/v1/turns/{id}/answer", {
    params: { path: { id: typed.id }, header: { prefer: "wait=60", "idempotency-key": randomUUID() } },
    body: { text: revealed.answer!.model_answer },
  }),
);
assert.equal(judged.state, "judged");
assert.ok(judged.feedback?.correctness?.key_points.length);
assert.equal(judged.next_turn?.id, spoken.id);

const mark = judged.feedback!.correctness!.key_points[0]!.id;
const decided = ok(
  await client.PUT("/api/v1/turns/{id}/marks/{mark}", {
    params: { path: { id: typed.id, mark } },
    body: { verdict: "missed" },
  }),
);
assert.equal(decided.feedback?.correctness?.key_points[0]?.decided_by, "candidate");

const recording = readFileSync(`${process.env.SPEECH}/answers/ownership-strong.opus`);
const accepted = await client.POST("/api/v1/turns/{id}/answer", {
  params: { path: { id: spoken.id } },
  headers: { "content-type": "application/octet-stream" },
  body: "",
  bodySerializer: () => new Blob([recording]),
});
assert([200, 202].includes(accepted.response.status));
const told: TurnEvent[] = [];
for await (const event of events(spoken.id)) told.push(event);
assert.equal(told[0]?.name, "state");
const last = told.at(-1);
assert(last?.name === "judged");
assert((last.data.answer?.transcript?.segments?.[0]?.words?.length ?? 0) > 0);
assert((last.data.feedback?.delivery?.words ?? 0) > 5);

const missing = await client.GET("/api/v1/turns/{id}", { params: { path: { id: randomUUID() } } });
assert.equal(missing.response.status, 404);
assert.equal(missing.error?.type, "/problems/not-found");

const finished = ok(await client.POST("/api/v1/sessions/{id}/finish", { params: { path: { id: session.id } } }));
assert.equal(finished.summary.answered, 2);
const late = await client.POST("/api/v1/turns/{id}/answer", {
  params: { path: { id: typed.id } },
  body: { text: "too late" },
});
assert.equal(late.response.status, 409);
