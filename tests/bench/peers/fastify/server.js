// The same four replies by Fastify and better-sqlite3, as one would write them: prepared statements, an index for each
// list, counts that are kept, a process for each of two cores. usage: node server.js DATABASE PORT
'use strict';
const cluster = require('node:cluster');

const [database, port] = process.argv.slice(2);
if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  process.on('SIGTERM', () => { workers.forEach((w) => w.kill()); process.exit(0); });
} else {
  serve();
}

function serve() {
  const db = require('better-sqlite3')(database, { readonly: true });
  db.pragma('mmap_size = 4294967296');
  db.pragma('cache_size = -65536');
  const app = require('fastify')({ logger: false });
  const sql = {
    newest: db.prepare('SELECT * FROM articles ORDER BY published_at DESC, n DESC LIMIT ?'),
    older: db.prepare('SELECT * FROM articles WHERE (published_at, n) < (?, ?) ORDER BY published_at DESC, n DESC LIMIT ?'),
    article: db.prepare('SELECT a.*, t.text, t.blocks FROM articles a JOIN texts t ON t.n = a.n WHERE a.id = ?'),
    total: db.prepare("SELECT value FROM counters WHERE name = 'articles'").pluck(),
    entity: db.prepare('SELECT * FROM entities WHERE id = ?'),
    aliases: db.prepare('SELECT text, count FROM aliases WHERE entity = ? ORDER BY n'),
    titles: db.prepare('SELECT text, count, first_seen, last_seen FROM titles WHERE entity = ? ORDER BY n'),
    quotes: db.prepare(`SELECT q.*, a.id AS article_id, a.title AS article_title, a.source AS article_source, a.url AS article_url
      FROM quotes q JOIN articles a ON a.n = q.article WHERE q.speaker_entity = ? AND (q.published_at, q.n) < (?, ?)
      ORDER BY q.published_at DESC, q.n DESC LIMIT ?`),
  };

  const parsed = (text) => (text === null ? null : text === '[]' ? [] : JSON.parse(text));
  const withRest = (object, rest) => (rest ? Object.assign(object, JSON.parse(rest)) : object);

  const articleOf = (row) => withRest({
    id: row.id, url: row.url, canonical_url: row.canonical_url, external_id: row.external_id, source: row.source, title: row.title,
    standfirst: row.standfirst, bylines: parsed(row.bylines), credits: parsed(row.credits), lang: row.lang,
    lang_confidence: row.lang_confidence, section: row.section, image: row.image, keywords: parsed(row.keywords),
    published_at: row.published_at, modified_at: row.modified_at, word_count: row.word_count, origins: parsed(row.origins),
    warnings: parsed(row.warnings), analyser: row.analyser, ingested_at: row.ingested_at, updated_at: row.updated_at,
    revision: row.revision, text_rights: row.text_rights, counts: { entities: row.entities_count, mentions: row.mentions_count,
      quotes: row.quotes_count, duplicates: row.duplicates_count }, duplicate_of: row.duplicate_of,
    links: { self: `/articles/${row.id}`, entities: `/articles/${row.id}/entities`, quotes: `/articles/${row.id}/quotes`,
      duplicates: `/articles/${row.id}/duplicates` },
  }, row.rest);

  const quoteOf = (row) => withRest({
    id: row.id,
    article: { id: row.article_id, title: row.article_title, source: row.article_source, published_at: row.published_at,
      at: row.at, url: row.article_url },
    type: row.type, text: row.text, spans: parsed(row.spans),
    cue: row.cue_text === null ? null
      : { text: row.cue_text, lemma: row.cue_lemma, class: row.cue_class, start: row.cue_start, end: row.cue_end },
    speaker: { text: row.speaker_text, start: row.speaker_start, end: row.speaker_end, kind: row.speaker_kind, entity: row.speaker_entity,
      name: row.speaker_name, type: row.speaker_type, title: row.speaker_title, affiliation: parsed(row.speaker_affiliation) },
    speaker_resolution: row.speaker_resolution, alternatives: parsed(row.alternatives), reported_by: parsed(row.reported_by),
    addressee: parsed(row.addressee), channel: parsed(row.channel), negated: row.negated === 1,
    hypothetical: row.hypothetical === 1, in_headline: row.in_headline === 1, body_quote: row.body_quote, about: parsed(row.about),
    before: row.before, after: row.after, confidence: row.confidence, rule: row.rule, corrected: row.corrected === 1,
    links: { self: `/quotes/${row.id}`, article: `/articles/${row.article_id}`, occurrences: `/quotes/${row.id}/occurrences` },
  }, row.rest);

  const entityOf = (row) => {
    const made = {
      id: row.id, slug: row.slug, name: row.name, type: row.type, aliases: sql.aliases.all(row.id), titles: sql.titles.all(row.id),
      first_seen: row.first_seen, last_seen: row.last_seen, articles: row.articles, mentions: row.mentions, quotes_by: row.quotes_by,
      quotes_about: row.quotes_about, recent: parsed(row.recent),
      links: { self: `/entities/${row.id}`, articles: `/entities/${row.id}/articles`, quotes: `/entities/${row.id}/quotes` },
    };
    if (row.type === 'PER') made.gender = row.gender;
    return withRest(made, row.rest);
  };

  const LATEST = ['9999', 9e15];
  const after = (query) => (query.cursor ? JSON.parse(Buffer.from(query.cursor, 'base64url').toString()) : null);
  const page = (rows, limit, make, total, path) => {
    const more = rows.length > limit;
    if (more) rows.pop();
    const last = rows[rows.length - 1];
    const cursor = more ? Buffer.from(JSON.stringify([last.published_at, last.n])).toString('base64url') : null;
    return { items: rows.map(make), total, total_is_exact: true, next_cursor: cursor, next: cursor && `${path}?limit=${limit}&cursor=${cursor}` };
  };
  const missing = (reply) => reply.code(404).send({ status: 404, code: 'not_found' });

  app.get('/articles', (request, reply) => {
    const limit = Number(request.query.limit);
    const from = after(request.query);
    const rows = from ? sql.older.all(from[0], from[1], limit + 1) : sql.newest.all(limit + 1);
    reply.send(page(rows, limit, articleOf, sql.total.get(), '/articles'));
  });
  app.get('/articles/:id', (request, reply) => {
    const row = sql.article.get(request.params.id);
    if (!row) return missing(reply);
    return reply.send(Object.assign(articleOf(row), { text: row.text, blocks: parsed(row.blocks) }));
  });
  app.get('/entities/:id', (request, reply) => {
    const row = sql.entity.get(request.params.id);
    return row ? reply.send(entityOf(row)) : missing(reply);
  });
  app.get('/entities/:id/quotes', (request, reply) => {
    const limit = Number(request.query.limit);
    const entity = sql.entity.get(request.params.id);
    if (!entity) return missing(reply);
    const [at, n] = after(request.query) || LATEST;
    const rows = sql.quotes.all(entity.id, at, n, limit + 1);
    return reply.send(page(rows, limit, quoteOf, entity.quotes_by, `/entities/${entity.id}/quotes`));
  });
  app.listen({ port: Number(port), host: '127.0.0.1' }, (error) => { if (error) { console.error(error); process.exit(1); } });
}
