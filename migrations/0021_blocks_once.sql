-- The places of an article's blocks stood twice, packed and as JSON: writing the JSON takes less than reading it did.

ALTER TABLE article_texts DROP COLUMN detail;
