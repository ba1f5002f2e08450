-- What lists show of a quote, rendered when it is written: store/quote_views.h.

ALTER TABLE quotes ADD COLUMN view BLOB;

CREATE TABLE quote_views_stale (        -- to be made, or made anew: until then the quote is read member by member
    quote INTEGER PRIMARY KEY
) STRICT;

INSERT INTO quote_views_stale SELECT id FROM quotes;
