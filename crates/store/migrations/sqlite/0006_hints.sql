-- How many hints the candidate took before answering.
alter table turns add column hints_used integer not null default 0;
