-- Replies to writes that carried an Idempotency-Key: the same request again gets the same reply.

CREATE TABLE replays (
    id INTEGER PRIMARY KEY,             -- order of arrival: the oldest go first
    caller TEXT NOT NULL,               -- the token's name; '' without one
    key TEXT NOT NULL,                  -- as sent
    request BLOB NOT NULL,              -- SHA-256 of method, address, type and body
    created_ms INTEGER NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    body BLOB NOT NULL,
    bytes INTEGER NOT NULL AS (length(body)),
    UNIQUE (caller, key)
) STRICT;

CREATE INDEX replays_large ON replays (id, bytes) WHERE bytes >= 4096;
