-- What `guillemet purge --text-only` leaves: metadata, names and quotes of an article whose text may not be kept.

ALTER TABLE articles ADD COLUMN text_purged_ms INTEGER; -- set: the text is blanks but for names and quotes
