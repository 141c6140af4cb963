-- Judgings that ended without feedback belong to the history as well: the coach was away, the recording had no words.

create table endings (
    answer_id blob not null,
    revision integer not null,
    turn_id blob not null references turns (id) on delete cascade,
    settled_at integer not null,
    -- What the judging came to, together with the answer as it was then: a later correction of the transcript must not unground the
    -- quotes of earlier feedback.
    ending text not null,
    primary key (answer_id, revision)
) strict;

insert into endings (answer_id, revision, turn_id, settled_at, ending)
select answer_id, revision, turn_id, judged_at,
       json_object('state', 'judged', 'answer', json(answer), 'feedback', json(feedback))
from judgings;

drop table judgings;

alter table endings rename to judgings;

create index judgings_by_turn on judgings (turn_id, revision);
