-- What GET /entities/{entity} says of an entity's newest articles, made when the writer has nothing else to do.

CREATE TABLE entity_recent (
    entity INTEGER PRIMARY KEY REFERENCES entities (id),
    articles INTEGER NOT NULL,          -- looked at
    since_ms INTEGER NOT NULL,          -- the oldest of them
    speaks INTEGER NOT NULL,
    spoken_about INTEGER NOT NULL,
    gender INTEGER NOT NULL,
    companions BLOB NOT NULL            -- pairs of 32 bits: entity, articles shared; closest first
) STRICT;

CREATE TABLE entity_recent_stale (      -- to be made, or made anew: until then the articles are looked at
    entity INTEGER PRIMARY KEY REFERENCES entities (id)
) STRICT;

INSERT INTO entity_recent_stale SELECT id FROM entities WHERE articles > 0;

-- The titles that are shown, without sorting hundreds.
CREATE INDEX entity_titles_by_articles
    ON entity_titles (entity, articles, last_seen_ms, key, text, first_seen_ms);
