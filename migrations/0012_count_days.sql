-- How many articles, mentions and quotes each day has, for timelines. A day's key has 7 digits, so that keys are in order.

INSERT INTO counters (name, key, value)
    SELECT 'articles.day', 2000000 + (sort_ms - (sort_ms % 86400000 + 86400000) % 86400000) / 86400000, count(*)
    FROM articles WHERE deleted_ms IS NULL GROUP BY 2;
INSERT INTO counters (name, key, value)
    SELECT 'mentions.day', 2000000 + (sort_ms - (sort_ms % 86400000 + 86400000) % 86400000) / 86400000, sum(mention_count)
    FROM articles WHERE deleted_ms IS NULL GROUP BY 2 HAVING sum(mention_count) > 0;
INSERT INTO counters (name, key, value)
    SELECT 'quotes.day', 2000000 + (sort_ms - (sort_ms % 86400000 + 86400000) % 86400000) / 86400000, count(*)
    FROM quotes GROUP BY 2;

-- What timelines and roles ask of an entity's articles is read from its index alone.
DROP INDEX article_entities_by_entity;
CREATE INDEX article_entities_by_entity
    ON article_entities (entity, sort_ms, article, source, lang, mentions, quotes_by, quotes_about);
