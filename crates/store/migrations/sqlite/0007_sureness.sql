-- How sure the candidate said they are of the answer, 1 to 4.
alter table turns add column sureness integer;
