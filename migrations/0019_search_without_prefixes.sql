-- An index of the beginnings of words holds the places of all words once more, for each length: more than half of what a full-text
-- index took, and of what its writing cost. The beginnings of three letters and more are found among the words themselves.

DROP TABLE article_search;

CREATE VIRTUAL TABLE article_search USING fts5 (
    title, standfirst, narration, quotes, seams,
    content = 'article_search_rows', content_rowid = 'id', tokenize = 'news');
INSERT INTO article_search (article_search, rank) VALUES ('hashsize', 4194304);
INSERT INTO article_search (article_search) VALUES ('rebuild');

DROP TABLE quote_search;

CREATE VIRTUAL TABLE quote_search USING fts5 (
    words, content = 'quote_search_rows', content_rowid = 'id', tokenize = 'news');
INSERT INTO quote_search (quote_search, rank) VALUES ('hashsize', 4194304);
INSERT INTO quote_search (quote_search) VALUES ('rebuild');
