-- The archive: articles, who is named in them, and who said what.
-- Times are ms since 1970 UTC. Spans are bytes (start_byte, end_byte) and code points (start_cp, end_cp) of
-- article_texts.text, end-exclusive. Confidences and prominences are thousandths.
-- Public ids are 64-bit hashes; rows join on small sequential ids that never leave the store.

CREATE TABLE versions (
    name TEXT PRIMARY KEY,      -- 'data' moves with every commit that changes what a read can answer
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO versions (name, value) VALUES ('data', 1);

CREATE TABLE counters (
    name TEXT NOT NULL,         -- 'articles', 'articles.lang', 'quotes.type'…
    key TEXT NOT NULL,          -- what is counted: a language, a source's id; '' for all
    value INTEGER NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE   -- publisher or site, as submitted
) STRICT;

CREATE TABLE articles (
    id INTEGER PRIMARY KEY,             -- order of arrival
    public_id INTEGER NOT NULL UNIQUE,  -- hash of the key
    key_kind TEXT NOT NULL,             -- what the id was made of: url, external_id, content
    deleted_ms INTEGER,                 -- set: a tombstone; all that was said is gone, its keys stay
    revision INTEGER NOT NULL,          -- from 1
    revision_hash BLOB NOT NULL,        -- of the document without fetch time
    content_hash BLOB NOT NULL,         -- of the text
    ingested_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    sort_ms INTEGER NOT NULL,           -- published_ms, else ingested_ms: what lists sort by
    published_ms INTEGER,
    published_day INTEGER NOT NULL DEFAULT 0, -- 1: a day without a time
    modified_ms INTEGER,
    modified_day INTEGER NOT NULL DEFAULT 0,
    source INTEGER REFERENCES sources (id),
    lang TEXT,                          -- as found; NULL: not sure
    lang_confidence INTEGER NOT NULL DEFAULT 0,
    lang_origin INTEGER NOT NULL DEFAULT 0,   -- as the origins: model/enums.h
    word_count INTEGER NOT NULL DEFAULT 0,
    entity_count INTEGER NOT NULL DEFAULT 0,
    mention_count INTEGER NOT NULL DEFAULT 0,
    quote_count INTEGER NOT NULL DEFAULT 0,
    analyser TEXT NOT NULL DEFAULT '',  -- version that made the analysis; '' asks for a new one
    url TEXT,
    canonical_url TEXT,
    external_id TEXT,
    title TEXT,
    section TEXT,
    image TEXT,
    dateline TEXT,
    submitted_lang TEXT,
    summary TEXT                        -- rendering for lists, opaque here
) STRICT;
CREATE INDEX articles_by_date ON articles (sort_ms, id) WHERE deleted_ms IS NULL;
CREATE INDEX articles_by_source ON articles (source, sort_ms, id) WHERE deleted_ms IS NULL;
CREATE INDEX articles_by_lang ON articles (lang, sort_ms, id) WHERE deleted_ms IS NULL;
CREATE INDEX articles_by_source_lang ON articles (source, lang, sort_ms, id) WHERE deleted_ms IS NULL;
CREATE INDEX articles_by_analyser ON articles (id, analyser) WHERE deleted_ms IS NULL;

CREATE TABLE article_texts (            -- the bulk of an article, apart from what lists read
    article INTEGER PRIMARY KEY REFERENCES articles (id),
    standfirst TEXT,
    text TEXT NOT NULL,
    blocks BLOB NOT NULL,               -- packed: store/pack_rows.h
    origins TEXT NOT NULL,              -- 'title=text published_at=json-ld'
    document_warnings TEXT NOT NULL,    -- lines of code, tab, detail
    analysis_warnings TEXT NOT NULL,
    detail TEXT                         -- rendering of one article, opaque here
) STRICT;

CREATE TABLE article_bylines (
    article INTEGER NOT NULL REFERENCES articles (id),
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (article, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_keywords (
    article INTEGER NOT NULL REFERENCES articles (id),
    ordinal INTEGER NOT NULL,
    keyword TEXT NOT NULL,
    PRIMARY KEY (article, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_keys (             -- every name that an article answers to
    kind INTEGER NOT NULL,              -- 1 url or canonical url, 2 external id, 3 content hash
    key BLOB NOT NULL,                  -- first 16 bytes of its SHA-256
    article INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (kind, key, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_keys_of ON article_keys (article);

CREATE TABLE revisions (
    article INTEGER NOT NULL REFERENCES articles (id),
    revision INTEGER NOT NULL,
    hash BLOB NOT NULL,
    recorded_ms INTEGER NOT NULL,
    title TEXT,                         -- what follows is set once a newer revision stands in articles
    standfirst TEXT,
    text TEXT,
    blocks BLOB,
    PRIMARY KEY (article, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE entities (
    id INTEGER PRIMARY KEY,
    public_id INTEGER NOT NULL UNIQUE,  -- assigned once: hash of type, key and ordinal
    ordinal INTEGER NOT NULL,           -- tells homonyms apart
    type INTEGER NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,                  -- folded name: resolving, sorting
    match_key TEXT NOT NULL,            -- with transliterations levelled: matching across articles
    slug TEXT NOT NULL,
    named INTEGER NOT NULL DEFAULT 0,   -- 1: the name was chosen by a person
    forbidden INTEGER NOT NULL DEFAULT 0, -- 1: a person said that it is no name
    merged_into INTEGER REFERENCES entities (id), -- redirects for ever
    articles INTEGER NOT NULL DEFAULT 0,
    mentions INTEGER NOT NULL DEFAULT 0,
    quotes_by INTEGER NOT NULL DEFAULT 0,
    quotes_about INTEGER NOT NULL DEFAULT 0,
    first_seen_ms INTEGER,
    last_seen_ms INTEGER,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX entities_by_key ON entities (key, type);
CREATE INDEX entities_by_match_key ON entities (match_key, type);
CREATE INDEX entities_merged ON entities (merged_into) WHERE merged_into IS NOT NULL;
-- Lists show those that some article names.
CREATE INDEX entities_by_articles ON entities (articles, id) WHERE articles > 0;
CREATE INDEX entities_by_mentions ON entities (mentions, id) WHERE articles > 0;
CREATE INDEX entities_by_name ON entities (key, id) WHERE articles > 0;
CREATE INDEX entities_by_type_articles ON entities (type, articles, id) WHERE articles > 0;
CREATE INDEX entities_by_type_mentions ON entities (type, mentions, id) WHERE articles > 0;
CREATE INDEX entities_by_type_name ON entities (type, key, id) WHERE articles > 0;

CREATE TABLE entity_aliases (
    entity INTEGER NOT NULL REFERENCES entities (id),
    text TEXT NOT NULL,                 -- as printed
    key TEXT NOT NULL,
    match_key TEXT NOT NULL,
    mentions INTEGER NOT NULL,          -- printed so, in all articles
    names INTEGER NOT NULL,             -- articles in which it is the fullest form
    PRIMARY KEY (entity, text)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_aliases_by_key ON entity_aliases (key, entity);
CREATE INDEX entity_aliases_by_match_key ON entity_aliases (match_key, entity);

CREATE TABLE entity_titles (            -- 'porte-parole du Kremlin'
    entity INTEGER NOT NULL REFERENCES entities (id),
    key TEXT NOT NULL,
    text TEXT NOT NULL,                 -- as printed first
    articles INTEGER NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    PRIMARY KEY (entity, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_entities (
    article INTEGER NOT NULL REFERENCES articles (id),
    entity INTEGER NOT NULL REFERENCES entities (id),
    sort_ms INTEGER NOT NULL,           -- these three are the article's: lists by entity read no further
    source INTEGER,
    lang TEXT,
    mentions INTEGER NOT NULL,
    quotes_by INTEGER NOT NULL,         -- > 0: it speaks here
    quotes_about INTEGER NOT NULL,      -- > 0: it is spoken about here
    prominence INTEGER NOT NULL,
    gender INTEGER NOT NULL,
    plural INTEGER NOT NULL,
    name TEXT NOT NULL,                 -- the fullest form in this article
    PRIMARY KEY (article, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_entities_by_entity
    ON article_entities (entity, sort_ms, article, source, lang);

CREATE TABLE article_titles (
    article INTEGER NOT NULL REFERENCES articles (id),
    entity INTEGER NOT NULL REFERENCES entities (id),
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    sort_ms INTEGER NOT NULL,           -- the article's
    start_byte INTEGER NOT NULL,
    end_byte INTEGER NOT NULL,
    start_cp INTEGER NOT NULL,
    end_cp INTEGER NOT NULL,
    PRIMARY KEY (article, entity, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_titles_by_entity ON article_titles (entity, key, sort_ms);

CREATE TABLE mentions (                 -- the printed form is text[start:end]
    article INTEGER NOT NULL REFERENCES articles (id),
    start_byte INTEGER NOT NULL,
    end_byte INTEGER NOT NULL,
    start_cp INTEGER NOT NULL,
    end_cp INTEGER NOT NULL,
    entity INTEGER NOT NULL REFERENCES entities (id),
    type INTEGER NOT NULL,
    block INTEGER NOT NULL,
    confidence INTEGER NOT NULL,
    method INTEGER NOT NULL,
    PRIMARY KEY (article, start_byte)
) STRICT, WITHOUT ROWID;

CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    public_id INTEGER NOT NULL UNIQUE,  -- hash of article, folded words and ordinal
    article INTEGER NOT NULL REFERENCES articles (id),
    ordinal INTEGER NOT NULL,           -- place in the article
    sort_ms INTEGER NOT NULL,           -- the article's, as source and lang
    source INTEGER,
    lang TEXT,
    type INTEGER NOT NULL,
    speaker INTEGER REFERENCES entities (id),
    text TEXT NOT NULL,
    spans BLOB NOT NULL,                -- packed, with verbatim flags: store/pack_rows.h
    block INTEGER NOT NULL,
    cue_class INTEGER,                  -- NULL: no cue
    cue_text TEXT,
    cue_lemma TEXT,
    cue_key TEXT,                       -- folded lemma: what filters match by
    cue_start_byte INTEGER, cue_end_byte INTEGER, cue_start_cp INTEGER, cue_end_cp INTEGER,
    speaker_kind INTEGER,               -- NULL: a floating quote
    speaker_implied INTEGER NOT NULL DEFAULT 0,
    speaker_text TEXT,
    speaker_name TEXT,                  -- printed description of those without an entity
    speaker_title TEXT,
    speaker_start_byte INTEGER, speaker_end_byte INTEGER, speaker_start_cp INTEGER, speaker_end_cp INTEGER,
    affiliation INTEGER REFERENCES entities (id),
    resolution TEXT,                    -- rule that found the speaker
    rule TEXT NOT NULL,                 -- rule that found the quote
    channel TEXT,
    negated INTEGER NOT NULL,
    hypothetical INTEGER NOT NULL,
    in_headline INTEGER NOT NULL,
    body_quote INTEGER,                 -- public id of the body's quote that a headline echoes
    before TEXT NOT NULL,               -- context
    after TEXT NOT NULL,
    confidence INTEGER NOT NULL,
    corrected INTEGER NOT NULL DEFAULT 0,     -- 1: a person decided something about it
    about_count INTEGER NOT NULL,       -- rows to look for elsewhere: most quotes have none
    people_count INTEGER NOT NULL,
    alternative_count INTEGER NOT NULL,
    -- What filters ask for, in one number, so that every index answers all of them: type, kind of speaker
    -- (nobody is unknown), class of cue (15: none), three flags, confidence. store/traits.h reads it.
    traits INTEGER NOT NULL AS (type + 4 * coalesce(speaker_kind, 5) + 32 * coalesce(cue_class, 15)
        + 512 * negated + 1024 * hypothetical + 2048 * in_headline + 4096 * confidence)
) STRICT;
CREATE UNIQUE INDEX quotes_of_article ON quotes (article, ordinal);
CREATE INDEX quotes_by_date ON quotes (sort_ms, id, traits, source, lang);
CREATE INDEX quotes_by_speaker ON quotes (speaker, sort_ms, id, traits, source, lang)
    WHERE speaker IS NOT NULL;
CREATE INDEX quotes_by_type ON quotes (type, sort_ms, id, traits, source, lang);
CREATE INDEX quotes_by_source ON quotes (source, sort_ms, id, traits, lang) WHERE source IS NOT NULL;
CREATE INDEX quotes_by_lang ON quotes (lang, sort_ms, id, traits, source);
CREATE INDEX quotes_by_cue ON quotes (cue_key, sort_ms, id, traits, source, lang)
    WHERE cue_key IS NOT NULL;
-- What is rare has an index of its own; what most quotes are is soon found by date.
CREATE INDEX quotes_by_kind ON quotes (speaker_kind, sort_ms, id, traits, source, lang)
    WHERE speaker_kind > 0;
CREATE INDEX quotes_by_cue_class ON quotes (cue_class, sort_ms, id, traits, source, lang)
    WHERE cue_class > 0;
CREATE INDEX quotes_flagged ON quotes (sort_ms, id, traits, source, lang)
    WHERE negated + hypothetical + in_headline > 0;
CREATE INDEX quotes_by_affiliation ON quotes (affiliation) WHERE affiliation IS NOT NULL;

CREATE TABLE quote_entities (           -- everyone a quote has to do with
    quote INTEGER NOT NULL REFERENCES quotes (id),
    entity INTEGER NOT NULL REFERENCES entities (id),
    roles INTEGER NOT NULL,             -- 1 speaks, 2 is spoken about, 4 reports, 8 is addressed, 16 affiliation
    position INTEGER NOT NULL,          -- order among those spoken about
    sort_ms INTEGER NOT NULL,           -- the quote's
    type INTEGER NOT NULL,
    source INTEGER,
    lang TEXT,
    PRIMARY KEY (quote, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX quote_entities_by_entity
    ON quote_entities (entity, sort_ms, quote, roles, type, source, lang);

CREATE TABLE quote_people (             -- who passes it on, who is addressed
    quote INTEGER NOT NULL REFERENCES quotes (id),
    role INTEGER NOT NULL,              -- 4 reports, 8 is addressed
    kind INTEGER NOT NULL,
    implied INTEGER NOT NULL,
    text TEXT, name TEXT, title TEXT,
    start_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL,
    start_cp INTEGER NOT NULL, end_cp INTEGER NOT NULL,
    entity INTEGER REFERENCES entities (id),
    affiliation INTEGER REFERENCES entities (id),
    PRIMARY KEY (quote, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX quote_people_by_entity ON quote_people (entity) WHERE entity IS NOT NULL;
CREATE INDEX quote_people_by_affiliation ON quote_people (affiliation) WHERE affiliation IS NOT NULL;

CREATE TABLE quote_alternatives (       -- other speakers that were weighed
    quote INTEGER NOT NULL REFERENCES quotes (id),
    entity INTEGER NOT NULL REFERENCES entities (id),
    score INTEGER NOT NULL,
    PRIMARY KEY (quote, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX quote_alternatives_by_entity ON quote_alternatives (entity);

CREATE TABLE quote_prints (             -- which quotes share words: store/prints.h
    print INTEGER NOT NULL,             -- hash of four words in a row, or of all
    quote INTEGER NOT NULL REFERENCES quotes (id),
    PRIMARY KEY (print, quote)
) STRICT, WITHOUT ROWID;

CREATE TABLE quotation_marks (          -- marked words that nobody is reported as saying
    article INTEGER NOT NULL REFERENCES articles (id),
    start_byte INTEGER NOT NULL,
    end_byte INTEGER NOT NULL,
    start_cp INTEGER NOT NULL,
    end_cp INTEGER NOT NULL,
    use INTEGER NOT NULL,
    PRIMARY KEY (article, start_byte)
) STRICT, WITHOUT ROWID;

CREATE TABLE corrections (              -- append-only: what people decided, keyed by evidence
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    target INTEGER NOT NULL,            -- public id of the entity or quote it was made on
    value TEXT NOT NULL,
    alias_key TEXT,                     -- entities: folded name and type at that time
    type INTEGER,
    article INTEGER,                    -- quotes: the article's public id,
    text_hash BLOB,                     -- its text then,
    words TEXT,                         -- the quote's words
    start_byte INTEGER,                 -- and where they stood
    author TEXT,
    note TEXT,
    created_ms INTEGER NOT NULL,
    orphaned INTEGER NOT NULL DEFAULT 0, -- 1: fits nothing any more
    undone_ms INTEGER,                  -- NULL: in force
    undone_by TEXT
) STRICT;
CREATE INDEX corrections_by_alias ON corrections (alias_key, type)
    WHERE alias_key IS NOT NULL AND undone_ms IS NULL;
CREATE INDEX corrections_by_article ON corrections (article) WHERE article IS NOT NULL;
CREATE INDEX corrections_by_target ON corrections (target);
CREATE INDEX corrections_by_kind ON corrections (kind);
CREATE INDEX corrections_undone ON corrections (number) WHERE undone_ms IS NOT NULL;
CREATE INDEX corrections_orphaned ON corrections (number) WHERE orphaned = 1;

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL,                 -- SHA-256 of the secret, which is nowhere
    hash_start INTEGER NOT NULL,        -- first 64 bits, to find it by
    scopes TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    last_used_ms INTEGER,
    revoked_ms INTEGER
) STRICT;
CREATE INDEX tokens_by_hash ON tokens (hash_start);

CREATE TABLE audit (                    -- who changed what, append-only
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    who TEXT,
    action TEXT NOT NULL,               -- 'article_delete', 'token_create', 'entity_merge'…
    target TEXT NOT NULL,
    detail TEXT
) STRICT;

-- Full text. The tokenizer `news` (store/tokenizer.c) folds case and diacritics and drops elided articles.
CREATE VIEW article_search_rows AS
    SELECT a.id AS id, a.title AS title, t.standfirst AS standfirst, t.text AS text
    FROM articles a JOIN article_texts t ON t.article = a.id;
CREATE VIRTUAL TABLE article_search USING fts5 (
    title, standfirst, text,
    content = 'article_search_rows', content_rowid = 'id', prefix = '2 3', tokenize = 'news');
CREATE VIRTUAL TABLE quote_search USING fts5 (
    text, channel, content = 'quotes', content_rowid = 'id', prefix = '2 3', tokenize = 'news');
