-- Agencies whose copy an article prints.

CREATE TABLE article_credits (
    article INTEGER NOT NULL REFERENCES articles (id),
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,                 -- 'AFP', 'Reuters'
    PRIMARY KEY (article, ordinal)
) STRICT, WITHOUT ROWID;
