-- What changed since: in the order of commits, which no clock gives.

ALTER TABLE articles ADD COLUMN changed INTEGER NOT NULL DEFAULT 0; -- the archive's version that it last changed with

CREATE INDEX articles_by_change ON articles (changed, id);

CREATE TABLE change_times (             -- which version a moment of the clock was at, about
    minute INTEGER PRIMARY KEY,         -- since 1970; never smaller than those before it
    version INTEGER NOT NULL            -- the first one in it
) STRICT;
