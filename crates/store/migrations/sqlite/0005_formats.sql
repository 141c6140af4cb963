-- By which format a row's documents were written (`documents.rs`). What is there was written by the first.
alter table sessions add column format integer not null default 1;
alter table turns add column format integer not null default 1;
alter table judgings add column format integer not null default 1;
