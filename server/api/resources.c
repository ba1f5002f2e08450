#include "api/resources.h"

#include <string.h>

#include "api/entries.h"
#include "api/formats.h"
#include "api/jsonld.h"

static const struct resource articles = {
    .name = "articles",
    .title = "Articles",
    .schema = "schema/article.schema.json",
    .columns = "id,url,canonical_url,external_id,source,title,standfirst,bylines,lang,section,"
               "keywords,published_at,modified_at,ingested_at,updated_at,revision,word_count,"
               "counts.entities,counts.mentions,counts.quotes",
    .jsonld = jsonld_article,
    .atom = entry_article,
};

static const struct resource quotes = {
    .name = "quotes",
    .title = "Quotes",
    .schema = "schema/quote.schema.json",
    .columns = "id,type,text,speaker.name,speaker.entity,speaker.kind,speaker.type,speaker.title,"
               "speaker.text,speaker.affiliation.name,cue.lemma,cue.class,about.name,"
               "reported_by.name,addressee.name,channel,negated,hypothetical,in_headline,"
               "confidence,article.id,article.title,article.source,article.published_at,"
               "article.url,before,after",
    .jsonld = jsonld_quote,
    .atom = entry_quote,
};

static const struct resource entities = {
    .name = "entities",
    .title = "Entities",
    .schema = "schema/entity.schema.json",
    .columns = "id,slug,name,type,aliases.text,titles.text,articles,mentions,quotes_by,"
               "quotes_about,first_seen,last_seen",
    .jsonld = jsonld_entity,
    .atom = entry_entity,
};

static const struct resource article_entities = {
    .name = "entities",
    .title = "Entities of an article",
    .schema = "schema/article-entity.schema.json",
    .columns = "id,slug,name,type,prominence,quotes_by,quotes_about,aliases.text,titles.text,"
               "mentions.start,mentions.end",
    .jsonld = jsonld_entity,
};

static const struct resource duplicates = {
    .name = "duplicates",
    .title = "Copies of an article",
    .schema = "schema/article-duplicate-list.schema.json",
    .schema_path = "properties.items.items",
    .columns = "first,similarity,resemblance,article.id,article.title,article.source,"
               "article.published_at,article.url",
};

static const struct resource occurrences = {
    .name = "occurrences",
    .title = "The same words in several articles",
    .schema = "schema/quote-occurrences.schema.json",
    .schema_path = "properties.items.items",
    .columns = "kind,similarity,quote.id,quote.text,quote.speaker.name,quote.article.id,"
               "quote.article.title,quote.article.source,quote.article.published_at,"
               "quote.article.url",
};

static const struct resource corrections = {
    .name = "corrections",
    .title = "Corrections",
    .schema = "schema/correction.schema.json",
    .columns = "number,kind,target,value,article,evidence,author,note,created_at,orphaned,"
               "undone_at,undone_by",
};

static const struct resource sources = {
    .name = "sources",
    .title = "Sources that are followed",
    .schema = "schema/source.schema.json",
    .columns = "id,url,kind,state,name,lang,section,full,health.status,health.error,"
               "health.last_attempt_at,health.last_success_at,health.next_attempt_at,"
               "health.items_per_day,counts.created,counts.revised,counts.duplicates",
    .plain = true,
};

/* Many by id: each in an item that says whether it is there. */
#define BATCH(variable, what, shown)                                                               \
    static const struct resource variable = {                                                      \
        .name = what "s",                                                                          \
        .title = "By id",                                                                          \
        .schema = "schema/" what "-batch.schema.json",                                             \
        .schema_path = "properties.items.items",                                                   \
        .columns = "id,status,detail," shown,                                                      \
    }
BATCH(article_batch, "article",
      "item.source,item.title,item.published_at,item.url,item.lang,item.word_count");
BATCH(entity_batch, "entity", "item.name,item.type,item.articles,item.mentions,item.quotes_by");
BATCH(quote_batch, "quote",
      "item.type,item.text,item.speaker.name,item.article.id,item.article.title");

static const struct resource related = {
    .name = "related",
    .title = "Related entities",
    .schema = "schema/related.schema.json",
    .schema_path = "properties.items.items",
    .columns = "id,name,type,shared,total,score,npmi,evidence.id,evidence.title",
    .plain = true,
};

static const struct resource timeline = {
    .name = "timeline",
    .title = "Counts by time",
    .schema = "schema/timeline.schema.json",
    .schema_path = "properties.buckets.items",
    .columns = "start,count,corpus,share",
    .rows = "buckets",
    .plain = true,
};

#define ROWS (FORMAT_BIT(FORMAT_JSON) | FORMAT_BIT(FORMAT_NDJSON) | FORMAT_BIT(FORMAT_CSV))
#define LIST (ROWS | FORMAT_BIT(FORMAT_JSONLD) | FORMAT_BIT(FORMAT_ATOM))
#define ITEM (FORMAT_BIT(FORMAT_JSON) | FORMAT_BIT(FORMAT_JSONLD))

static const struct resource_use uses[] = {
    {"listArticles", &articles, true, LIST},
    {"getArticle", &articles, false, ITEM | FORMAT_BIT(FORMAT_NINJS) | FORMAT_BIT(FORMAT_HTML)},
    {"listArticleEntities", &article_entities, true, ROWS | FORMAT_BIT(FORMAT_JSONLD)},
    {"listArticleQuotes", &quotes, true, LIST},
    {"listArticleDuplicates", &duplicates, true, ROWS},
    {"listEntities", &entities, true, LIST},
    {"getEntity", &entities, false, ITEM},
    {"listEntityArticles", &articles, true, LIST},
    {"listEntityQuotes", &quotes, true, LIST},
    {"listQuotes", &quotes, true, LIST},
    {"getQuote", &quotes, false, ITEM},
    {"listQuoteOccurrences", &occurrences, true, ROWS},
    {"getArticles", &article_batch, true, ROWS},
    {"getEntities", &entity_batch, true, ROWS},
    {"getQuotes", &quote_batch, true, ROWS},
    {"listRelated", &related, true, ROWS},
    {"getTimeline", &timeline, true, ROWS},
    {"listCorrections", &corrections, true, ROWS},
    {"listSources", &sources, true, ROWS | FORMAT_BIT(FORMAT_OPML)},
    {"getCorrection", &corrections, false, FORMAT_BIT(FORMAT_JSON)},
};

const struct resource_use *resource_uses(size_t *count)
{
    *count = sizeof uses / sizeof uses[0];
    return uses;
}

const struct resource_use *resource_use_find(const char *operation_id)
{
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        if (strcmp(uses[i].operation_id, operation_id) == 0) {
            return &uses[i];
        }
    }
    return NULL;
}
