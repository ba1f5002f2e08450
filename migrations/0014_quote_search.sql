-- One column for the words of quotes: a search that asks which column a word stands in reads the places of every match.
-- Where a quote was said stands behind a mark that the tokenizer makes other words by (store/tokenizer.h). The index
-- is filled after the migrations (store/search_renew.c).

DROP TABLE quote_search;

CREATE VIEW quote_search_rows AS
    SELECT id, text, text || coalesce(' ' || char(31) || channel, '') AS words FROM quotes;

CREATE VIRTUAL TABLE quote_search USING fts5 (
    words, content = 'quote_search_rows', content_rowid = 'id', prefix = '2 3', tokenize = 'news');
