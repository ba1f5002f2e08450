-- Autocomplete: names and aliases from the start of each of their words on.

CREATE TABLE entity_words (
    word TEXT NOT NULL,         -- "zelensky" of "volodymyr zelensky": folded, from one of its words to its end
    entity INTEGER NOT NULL REFERENCES entities (id),
    type INTEGER NOT NULL,      -- the entity's
    weight INTEGER NOT NULL,    -- bits of the entity's number of articles; 0: it has none
    PRIMARY KEY (word, entity)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO entity_words (word, entity, type, weight)
    WITH RECURSIVE
        places (at) AS MATERIALIZED (SELECT 1 UNION ALL SELECT at + 1 FROM places WHERE at < 400),
        powers (of) AS MATERIALIZED (SELECT 1 UNION ALL SELECT of * 2 FROM powers WHERE of < 1 << 30),
        named (entity, key) AS (SELECT entity, key FROM entity_aliases UNION ALL SELECT id, key FROM entities)
    SELECT substr(n.key, p.at), e.id, e.type, (SELECT count(*) FROM powers WHERE of <= e.articles)
    FROM named n CROSS JOIN entities e ON e.id = n.entity CROSS JOIN places p
    WHERE e.merged_into IS NULL AND e.forbidden = 0 AND p.at <= length(n.key)
        AND (p.at = 1 OR substr(n.key, p.at - 1, 1) = ' ');

CREATE INDEX entity_words_of ON entity_words (entity);
-- A letter or two begin many names: the best known of them come first.
CREATE INDEX entity_words_by_1 ON entity_words (substr(word, 1, 1), weight, type) WHERE weight > 0;
CREATE INDEX entity_words_by_2 ON entity_words (substr(word, 1, 2), weight, type) WHERE weight > 0;
CREATE INDEX entity_words_by_3 ON entity_words (substr(word, 1, 3), weight, type) WHERE weight > 0;
