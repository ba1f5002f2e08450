-- Searching quoted words apart from the narration: search_quoted and search_part are the program's own functions
-- (store/search_parts.h), as the tokenizer is.

ALTER TABLE article_texts ADD COLUMN quoted BLOB; -- what stands in quotes, packed, as the index was told; NULL: nothing

ALTER TABLE article_texts ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0; -- 1: the full-text index knows it

UPDATE article_texts SET indexed = 1, quoted = (SELECT search_quoted(spans) FROM quotes q WHERE q.article = article_texts.article);

DROP TABLE article_search;
DROP VIEW article_search_rows;

CREATE VIEW article_search_rows AS
    SELECT a.id AS id, a.title AS title, t.standfirst AS standfirst,
        search_part(t.text, t.quoted, 0) AS narration,
        search_part(t.text, t.quoted, 1) AS quotes,
        search_part(t.text, t.quoted, 2) AS seams -- words around quotation marks: phrases run over them
    FROM articles a JOIN article_texts t ON t.article = a.id;

CREATE VIRTUAL TABLE article_search USING fts5 (
    title, standfirst, narration, quotes, seams,
    content = 'article_search_rows', content_rowid = 'id', prefix = '2 3', tokenize = 'news');
INSERT INTO article_search (article_search) VALUES ('rebuild');
