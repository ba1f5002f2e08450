-- Writes that are answered before they are done (Prefer: respond-async).

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,             -- order of arrival, the order they run in
    public_id INTEGER NOT NULL UNIQUE,  -- random
    state INTEGER NOT NULL,             -- store/jobs.h
    created_ms INTEGER NOT NULL,
    started_ms INTEGER,
    finished_ms INTEGER,
    who TEXT,                           -- the token's name
    content_type TEXT NOT NULL,
    source TEXT, lang TEXT, section TEXT, published_at TEXT, modified_at TEXT, -- of documents that name none
    revive INTEGER NOT NULL,
    if_none INTEGER NOT NULL,
    bytes INTEGER NOT NULL,             -- of the body
    total INTEGER NOT NULL,             -- items in it
    done INTEGER NOT NULL DEFAULT 0,    -- items behind us: where a restart goes on
    created INTEGER NOT NULL DEFAULT 0,
    revised INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    interruptions INTEGER NOT NULL DEFAULT 0, -- restarts of the service while it ran
    problem TEXT                        -- why the job as a whole failed
) STRICT;

CREATE INDEX jobs_unfinished ON jobs (id, bytes) WHERE finished_ms IS NULL;

CREATE INDEX jobs_finished ON jobs (finished_ms) WHERE finished_ms IS NOT NULL;

CREATE TABLE job_bodies (               -- gone when the job is finished
    job INTEGER PRIMARY KEY REFERENCES jobs (id),
    body BLOB NOT NULL
) STRICT;

CREATE TABLE job_rejects (              -- the first ones, store/jobs.h says how many
    job INTEGER NOT NULL REFERENCES jobs (id),
    item INTEGER NOT NULL,              -- from 0
    line INTEGER NOT NULL,              -- from 1; 0: not by line
    code TEXT NOT NULL,                 -- of a problem
    field TEXT NOT NULL,
    place TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (job, item)
) STRICT, WITHOUT ROWID;
