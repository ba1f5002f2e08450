-- How many articles each version of the analyser saw; '': waiting for a new analysis.

INSERT INTO counters (name, key, value)
    SELECT 'articles.analyser', substr(analyser, 1, 15), count(*) FROM articles WHERE deleted_ms IS NULL GROUP BY 2;
