-- The words of a commit's articles are kept until they fill this much, and then become a segment of the index: each
-- segment more is merged with others again and again (store/search_rows.h keeps texts for the end of the commit).

INSERT INTO article_search (article_search, rank) VALUES ('hashsize', 4194304);
INSERT INTO quote_search (quote_search, rank) VALUES ('hashsize', 4194304);
