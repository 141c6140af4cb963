-- A turn in work is its own job. Until now jobs were rows of a table that a queue library kept beside ours.
alter table turns add column attempt integer not null default 0;
-- Not before this time; 0 is at once, whatever the clock says.
alter table turns add column due_at integer not null default 0;
alter table turns add column leased_until integer;
alter table turns add column wanted_coach text;
alter table turns add column wanted_model text;

drop index turns_in_work;
create index turns_by_state on turns (state, answer_id);

-- Sessions that were deleted and whose recordings may still be there.
create table deleted_sessions (id blob primary key not null) strict;

-- Old jobs are due at once, because their turns are. What they asked for is kept. A new database never had the tables.
create table if not exists Jobs (job blob, idempotency_key text);
update turns
set (wanted_coach, wanted_model) = (
    select cast(job as text) ->> '$.wish.coach', cast(job as text) ->> '$.wish.model'
    from Jobs
    where idempotency_key like lower(hex(turns.answer_id)) || ':' || turns.revision || ':%' and json_valid(cast(job as text))
    limit 1
)
where state in ('transcribing', 'judging');
drop table Jobs;
drop table if exists Workers;
drop table if exists _queue_migrations;
