-- Times are microseconds since 1970 in UTC, so that they sort as numbers. Ids are the 16 bytes of a UUID.

create table sessions (
    id blob primary key not null,
    created_at integer not null,
    finished_at integer,
    -- What lists show of its questions, so that they need not read the whole document.
    outline text not null,
    document text not null
) strict;

create index sessions_by_age on sessions (created_at, id);

create table turns (
    id blob primary key not null,
    session_id blob not null references sessions (id) on delete cascade,
    position integer not null,
    depth integer not null,
    question_id text not null,
    topic text not null,
    target text,
    prompt text not null,
    state text not null check (state in ('asked', 'skipped', 'transcribing', 'judging', 'judged', 'ungraded')),
    state_document text not null,
    answer_id blob unique,
    -- Which judging of the answer the state belongs to: 0 before there is an answer.
    revision integer not null,
    idempotency_key text,
    unique (session_id, position, depth)
) strict;

create index turns_by_topic on turns (topic, session_id);

create index turns_in_work on turns (state) where state in ('transcribing', 'judging');

create table judgings (
    answer_id blob not null,
    revision integer not null,
    turn_id blob not null references turns (id) on delete cascade,
    judged_at integer not null,
    -- The answer as it was judged: a later correction of the transcript must not unground the quotes of earlier feedback.
    answer text not null,
    feedback text not null,
    primary key (answer_id, revision)
) strict;

create index judgings_by_turn on judgings (turn_id, revision);
