-- Near-duplicates: articles that share most of their sentences form a cluster, in which the one that was published
-- first stands for the others. What is in the archive already is compared when it is analysed anew.

CREATE TABLE article_sketches (         -- what an article's text is compared by: store/sketch.h
    article INTEGER PRIMARY KEY REFERENCES articles (id),
    shingles INTEGER NOT NULL,          -- distinct rows of words that the text has
    sketch BLOB NOT NULL                -- the least of their hashes
) STRICT;

CREATE TABLE article_shingles (         -- the very least of them, to find who shares them
    shingle INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (shingle, article)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_clusters (
    id INTEGER PRIMARY KEY,
    first INTEGER NOT NULL REFERENCES articles (id), -- published first: stands for the others
    first_id INTEGER NOT NULL,          -- its public id
    size INTEGER NOT NULL               -- articles, 2 or more
) STRICT;

ALTER TABLE articles ADD COLUMN cluster INTEGER REFERENCES article_clusters (id);
ALTER TABLE articles ADD COLUMN duplicate INTEGER NOT NULL DEFAULT 0; -- 1: another one stands for it
-- Who was first: a day without a time is over before it counts.
CREATE INDEX articles_by_cluster
    ON articles (cluster, coalesce(published_ms + 86399999 * published_day, ingested_ms), id)
    WHERE cluster IS NOT NULL;
CREATE INDEX articles_firsts_by_date ON articles (sort_ms, id) WHERE deleted_ms IS NULL AND duplicate = 0;

UPDATE articles SET analyser = '' WHERE deleted_ms IS NULL;
