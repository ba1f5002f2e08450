-- What was asked when something was changed; lists by time.

ALTER TABLE audit ADD COLUMN request TEXT;       -- id of the request, or of the job, that did it

CREATE INDEX audit_by_time ON audit (at_ms);
