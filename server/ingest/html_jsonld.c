/* schema.org in JSON-LD: the article among what a page describes. */
#include <jansson.h>
#include <strings.h>

#include "ingest/html_fields.h"
#include "ingest/html_title.h"
#include "text/utf8.h"

#define ITEMS_MOST 400 /* objects of one script that are looked at */
#define LEVELS     6

static const char *const article_types[] = {"NewsArticle",
                                            "Article",
                                            "ReportageNewsArticle",
                                            "AnalysisNewsArticle",
                                            "OpinionNewsArticle",
                                            "BackgroundNewsArticle",
                                            "ReviewNewsArticle",
                                            "AskPublicNewsArticle",
                                            "AdvertiserContentArticle",
                                            "SatiricalArticle",
                                            "ScholarlyArticle",
                                            "TechArticle",
                                            "Report",
                                            "BlogPosting",
                                            "LiveBlogPosting",
                                            "SocialMediaPosting",
                                            "DiscussionForumPosting"};

static struct slice text_of(const json_t *value)
{
    return json_is_string(value) ? slice_of(json_string_value(value), json_string_length(value))
                                 : SLICE_NONE;
}

static bool is_article_type(struct slice type)
{
    for (size_t i = type.len; i > 0; i--) { /* "http://schema.org/NewsArticle" */
        if (type.ptr[i - 1] == '/' || type.ptr[i - 1] == ':') {
            type = slice_of(type.ptr + i, type.len - i);
            break;
        }
    }
    for (size_t i = 0; i < sizeof article_types / sizeof article_types[0]; i++) {
        if (slice_is(type, article_types[i])) {
            return true;
        }
    }
    return false;
}

static bool is_article(json_t *object)
{
    json_t *type = json_object_get(object, "@type"), *one;
    size_t i;
    if (json_is_string(type)) {
        return is_article_type(text_of(type));
    }
    json_array_foreach(type, i, one)
    {
        if (json_is_string(one) && is_article_type(text_of(one))) {
            return true;
        }
    }
    return false;
}

struct walk {
    struct html_fields *fields;
    json_t *root;
    int left;
};

static json_t *find_article(struct walk *w, json_t *value, int levels)
{
    static const char *const holders[] = {"@graph", "mainEntity", "mainEntityOfPage",
                                          "itemListElement"};
    json_t *one, *found = NULL;
    size_t i;
    if (levels == 0 || w->left-- <= 0) {
        return NULL;
    }
    json_array_foreach(value, i, one)
    {
        if ((found = find_article(w, one, levels - 1)) != NULL) {
            return found;
        }
    }
    if (json_is_object(value) && is_article(value)) {
        return value;
    }
    for (i = 0; json_is_object(value) && i < sizeof holders / sizeof holders[0] && !found; i++) {
        found = find_article(w, json_object_get(value, holders[i]), levels - 1);
    }
    return found;
}

/* {"@id": "#jane"} stands for the object of that id elsewhere in the script. */
static json_t *by_id(struct walk *w, json_t *value, struct slice id, int levels)
{
    json_t *one, *found = NULL;
    size_t i;
    if (levels == 0 || w->left-- <= 0) {
        return NULL;
    }
    json_array_foreach(value, i, one)
    {
        if ((found = by_id(w, one, id, levels - 1)) != NULL) {
            return found;
        }
    }
    if (json_is_object(value)) {
        if (slice_equal(text_of(json_object_get(value, "@id")), id) &&
            json_object_get(value, "name")) {
            return value;
        }
        return by_id(w, json_object_get(value, "@graph"), id, levels - 1);
    }
    return NULL;
}

static void offer(struct walk *w, enum html_field field, struct slice text)
{
    html_fields_offer(w->fields, field, text, ORIGIN_JSON_LD, RANK_JSON_LD);
}

/* A string, an object with that member, or a list of either. */
static void offer_each(struct walk *w, enum html_field field, json_t *value, const char *member,
                       int levels)
{
    json_t *one;
    size_t i;
    if (levels == 0) {
        return;
    }
    if (json_is_string(value)) {
        offer(w, field, text_of(value));
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, one)
        {
            offer_each(w, field, one, member, levels - 1);
        }
    } else if (json_is_object(value)) {
        struct slice id = text_of(json_object_get(value, "@id"));
        json_t *inner = json_object_get(value, member);
        json_t *named = inner || !slice_present(id) ? value : by_id(w, w->root, id, LEVELS);
        offer_each(w, field, json_object_get(named, member), member, levels - 1);
        offer_each(w, field, json_object_get(value, "@list"), member, levels - 1);
    }
}

static const struct member {
    const char *name;
    enum html_field field;
    const char *member; /* of an object that stands for the string */
} members[] = {
    {"headline", FIELD_TITLE, "@value"},
    {"description", FIELD_STANDFIRST, "@value"},
    {"author", FIELD_AUTHORS, "name"},
    {"creator", FIELD_AUTHORS, "name"},
    {"datePublished", FIELD_PUBLISHED, "@value"},
    {"dateModified", FIELD_MODIFIED, "@value"},
    {"articleSection", FIELD_SECTION, "name"},
    {"keywords", FIELD_KEYWORDS, "name"},
    {"image", FIELD_IMAGE, "url"},
    {"publisher", FIELD_SITE, "name"},
    {"inLanguage", FIELD_LANG, "alternateName"},
    {"articleBody", FIELD_BODY, "@value"},
};

static void read_article(struct walk *w, json_t *article)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_t *value = json_object_get(article, members[i].name);
        if (strcmp(members[i].name, "creator") == 0 && json_object_get(article, "author")) {
            continue;
        }
        w->left = ITEMS_MOST;
        offer_each(w, members[i].field, value, members[i].member, LEVELS);
    }
    /* When both are there and differ, the one that the page's own title has is what readers see. */
    struct slice name = text_of(json_object_get(article, "name")),
                 headline = html_fields_get(w->fields, FIELD_TITLE), shown = w->fields->page_title;
    bool said = w->fields->values[FIELD_TITLE].rank == RANK_JSON_LD;
    if (!said || (name.len > 0 && slice_present(shown) && slice_starts(shown, name) &&
                  !html_title_repeats(headline, shown, w->fields->arena))) {
        w->fields->values[FIELD_TITLE].rank = RANK_NONE;
        offer(w, FIELD_TITLE, name);
    }
    struct slice url = text_of(json_object_get(article, "url"));
    html_fields_offer(w->fields, FIELD_CANONICAL, url, ORIGIN_JSON_LD, RANK_MICRODATA);
}

/* What pages do to JSON: comment marks around it, raw line ends within strings, a stray semicolon. */
static struct slice mend(struct slice json, struct arena *arena)
{
    char *copy = arena_alloc(arena, json.len + 1);
    for (size_t i = 0; i < json.len; i++) {
        unsigned char c = (unsigned char)json.ptr[i];
        copy[i] = c < 0x20 ? ' ' : (char)c;
    }
    struct slice s = slice_of(copy, json.len);
    size_t start = slice_find(s, SLICE("<![CDATA["), 0), end = slice_find(s, SLICE("]]>"), 0);
    s.len = end != SIZE_MAX && start < end ? end : s.len;
    start = start != SIZE_MAX ? start + 9 : 0;
    while (start < s.len && s.ptr[start] != '{' && s.ptr[start] != '[') {
        start++;
    }
    while (s.len > start && s.ptr[s.len - 1] != '}' && s.ptr[s.len - 1] != ']') {
        s.len--;
    }
    return slice_of(s.ptr + start, s.len - start);
}

void html_jsonld_read(struct html_fields *f, struct slice json)
{
    json_error_t ignored;
    json = mend(json, f->arena);
    json_t *root = json_loadb(json.ptr, json.len, 0, &ignored);
    struct walk w = {f, root, ITEMS_MOST};
    json_t *article = root ? find_article(&w, root, LEVELS) : NULL;
    if (article && f->values[FIELD_TITLE].rank != RANK_JSON_LD) { /* the first one is the page's */
        read_article(&w, article);
    }
    json_decref(root);
}
