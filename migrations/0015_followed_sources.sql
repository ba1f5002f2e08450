-- Sources that are followed: addresses that are asked again and again, what they gave, and who asks.

CREATE TABLE followed_sources (
    id INTEGER PRIMARY KEY,
    public_id INTEGER NOT NULL UNIQUE,  -- random
    revision INTEGER NOT NULL,          -- of what people chose, from 1
    kind INTEGER NOT NULL,              -- store/sources.h
    state INTEGER NOT NULL,             -- store/sources.h
    url TEXT NOT NULL UNIQUE,           -- where it is asked; follows a permanent redirect
    name TEXT, lang TEXT, section TEXT, -- of articles that name none
    whole INTEGER NOT NULL,             -- 1: articles are read from their pages, items only name them
    least_ms INTEGER, most_ms INTEGER,  -- bounds of the interval; NULL: the watcher's
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,        -- by people
    next_ms INTEGER NOT NULL,           -- when it is asked next
    attempt_ms INTEGER,
    success_ms INTEGER,
    status INTEGER NOT NULL DEFAULT 0,  -- of the last reply; 0: there was none
    error TEXT,                         -- why the last attempt failed; NULL: it didn't
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    missing_ms INTEGER,                 -- since when it answers 404
    etag TEXT, last_modified TEXT,      -- of what is stored
    moved_to TEXT,                      -- where a permanent redirect leads that wasn't confirmed yet
    moved_from TEXT,                    -- the address before the last permanent redirect
    moved_ms INTEGER,
    ttl_ms INTEGER NOT NULL DEFAULT 0,  -- how long a feed says that it needn't be asked,
    skip_hours INTEGER NOT NULL DEFAULT 0, -- in which hours (bit 0: 0 to 1 GMT)
    skip_days INTEGER NOT NULL DEFAULT 0, -- and on which days (bit 0: Sunday)
    week_items INTEGER NOT NULL DEFAULT 0, -- published in the seven days before the last success
    requests INTEGER NOT NULL DEFAULT 0,
    not_modified INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL DEFAULT 0, -- items that made an article,
    revised INTEGER NOT NULL DEFAULT 0, -- that made a revision,
    unchanged INTEGER NOT NULL DEFAULT 0, -- that said what they had said before,
    duplicates INTEGER NOT NULL DEFAULT 0, -- whose article was there when this source first gave them,
    refused INTEGER NOT NULL DEFAULT 0  -- that can't be read or stored
) STRICT;

CREATE INDEX followed_sources_due ON followed_sources (next_ms) WHERE state = 0;

CREATE INDEX followed_sources_state ON followed_sources (state, failures);

CREATE TABLE followed_items (           -- what a source gave: the same again needs no work
    source INTEGER NOT NULL REFERENCES followed_sources (id),
    item INTEGER NOT NULL,              -- the public id that its key makes
    article INTEGER NOT NULL REFERENCES articles (id),
    owner INTEGER NOT NULL,             -- 1: the article is as this source tells it
    said INTEGER NOT NULL,              -- hash of what the item said last
    at_ms INTEGER NOT NULL,             -- published, else first seen; 0: not known
    PRIMARY KEY (source, item)
) STRICT, WITHOUT ROWID;

CREATE INDEX followed_items_article ON followed_items (article, owner);

CREATE INDEX followed_items_at ON followed_items (source, at_ms);

CREATE TABLE watch_lease (              -- one process at a time follows the sources
    id INTEGER PRIMARY KEY CHECK (id = 1),
    owner TEXT NOT NULL,                -- base/process.h
    lease_ms INTEGER NOT NULL           -- until when, unless it is renewed
) STRICT;
