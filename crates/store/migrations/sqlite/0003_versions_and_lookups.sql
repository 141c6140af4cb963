-- Counts the changes of a session, its turns and its judgings: whoever keeps something made from a session can tell whether it is stale.
alter table sessions add column version integer not null default 1;

-- "Was this question answered?" and "what did people say to it?" look turns up by question.
create index turns_by_question on turns (question_id, state);

-- A digest of the body that was sent under the idempotency key, so that the same key with another body can be refused.
alter table turns add column idempotency_digest text;
