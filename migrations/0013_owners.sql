-- One process works on a job; an archive is told from its copies.

ALTER TABLE jobs ADD COLUMN owner TEXT;                        -- the process at work on it: base/process.h
ALTER TABLE jobs ADD COLUMN lease_ms INTEGER NOT NULL DEFAULT 0; -- until then no other takes it, unless the owner is gone

INSERT INTO versions (name, value) VALUES ('archive', abs(random() % 1000000000000000)); -- a copy gets another
