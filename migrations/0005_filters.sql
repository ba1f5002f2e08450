-- What lists are filtered and sorted by beside date, source, language and entity.
-- folded(text) is the form that names are compared in (store/db.c): as people type them.

ALTER TABLE articles ADD COLUMN section_key TEXT;
UPDATE articles SET section_key = folded(section) WHERE section IS NOT NULL;
CREATE INDEX articles_by_section ON articles (section_key, sort_ms, id)
    WHERE deleted_ms IS NULL AND section_key IS NOT NULL;
CREATE INDEX articles_by_quotes ON articles (quote_count, id) WHERE deleted_ms IS NULL;
CREATE INDEX articles_by_words ON articles (word_count, id) WHERE deleted_ms IS NULL;

-- key: NULL when an earlier name of the article folds alike; sort_ms: the article's
ALTER TABLE article_bylines ADD COLUMN key TEXT;
ALTER TABLE article_bylines ADD COLUMN sort_ms INTEGER NOT NULL DEFAULT 0;
UPDATE article_bylines SET key = folded(name),
    sort_ms = (SELECT sort_ms FROM articles a WHERE a.id = article_bylines.article);
UPDATE article_bylines SET key = NULL WHERE EXISTS (
    SELECT 1 FROM article_bylines o WHERE o.article = article_bylines.article
    AND o.ordinal < article_bylines.ordinal AND o.key = article_bylines.key);
CREATE INDEX article_bylines_by_key ON article_bylines (key, sort_ms, article) WHERE key IS NOT NULL;

CREATE INDEX quotes_by_confidence ON quotes (confidence, id, traits, source, lang);

CREATE INDEX entities_by_quotes ON entities (quotes_by, id) WHERE articles > 0;
CREATE INDEX entities_by_last_seen ON entities (last_seen_ms, id) WHERE articles > 0;
