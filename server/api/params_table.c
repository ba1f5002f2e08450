/* Every query parameter of the API. */
#include <assert.h>

#include "api/params.h"

#define TEXT_MOST   512
#define URL_MOST    2048
#define NAME_MOST   256 /* what the readers take of a source or section */
#define LANG_MOST   35
#define LIST_MOST   2048 /* of a filter with all its values */
#define NUMBER_MOST 999999999

/* store/facets.h, in its order. */
#define FACETS "source|lang|section|entity|speaker|type|cue|cue_class|speaker_kind"

static const struct param_spec specs[PARAM_COUNT] = {
    [P_Q] = {"q", PARAM_TEXT, NULL, NULL, 1, TEXT_MOST, false},
    [P_NAME] = {"name", PARAM_TEXT, NULL, NULL, 1, TEXT_MOST, false},
    [P_NAME_START] = {"q", PARAM_TEXT, NULL, NULL, 1, TEXT_MOST, false},
    [P_NAME_PART] = {"q", PARAM_TEXT, NULL, NULL, 1, 100, false},
    [P_KINDS] = {"kinds", PARAM_SET, "entity|source|section", "entity", 0, 0, false},
    [P_ENTITY] = {"entity", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_SPEAKER] = {"speaker", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_ABOUT] = {"about", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_ROLE] = {"role", PARAM_CHOICE, "speaks|about|any", "speaks", 0, 0, false},
    [P_ROLE_ARTICLES] = {"role", PARAM_CHOICE, "mentioned|speaks|about", "mentioned", 0, 0, false},
    [P_ROLE_QUOTES] = {"role", PARAM_CHOICE, "any|speaks|about", "any", 0, 0, false},
    [P_ENTITY_TYPE] = {"type", PARAM_CHOICES, "PER|ORG|LOC|MISC", NULL, 1, LIST_MOST, false},
    [P_ONE_TYPE] = {"type", PARAM_CHOICE, "PER|ORG|LOC|MISC", NULL, 0, 0, false},
    [P_QUOTE_TYPE] = {"type", PARAM_CHOICES, "direct|indirect|mixed", NULL, 1, LIST_MOST, false},
    [P_SAID_TYPE] = {"quote_type", PARAM_CHOICES, "direct|indirect|mixed", NULL, 1, LIST_MOST,
                     false},
    [P_SPEAKER_KIND] = {"speaker_kind", PARAM_CHOICES,
                        "person|organisation|collective|anonymous|author|unknown", NULL, 1,
                        LIST_MOST, false},
    [P_CUE] = {"cue", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_CUE_CLASS] = {"cue_class", PARAM_CHOICES,
                     "neutral|assert|distance|concede|announce|ask|order|deny|criticise|praise|"
                     "warn|think",
                     NULL, 1, LIST_MOST, false},
    [P_MIN_CONFIDENCE] = {"min_confidence", PARAM_SHARE, NULL, NULL, 0, 0, false},
    [P_MAX_CONFIDENCE] = {"max_confidence", PARAM_SHARE, NULL, NULL, 0, 0, false},
    [P_NEGATED] = {"negated", PARAM_BOOL, NULL, NULL, 0, 0, false},
    [P_HYPOTHETICAL] = {"hypothetical", PARAM_BOOL, NULL, NULL, 0, 0, false},
    [P_IN_HEADLINE] = {"in_headline", PARAM_BOOL, NULL, NULL, 0, 0, false},
    [P_CHANNEL] = {"channel", PARAM_TEXT, NULL, NULL, 1, TEXT_MOST, false},
    [P_IN] = {"in", PARAM_CHOICE, "title|text|quotes|narration", NULL, 0, 0, false},
    [P_HIGHLIGHT] = {"highlight", PARAM_BOOL, NULL, "false", 0, 0, true},
    [P_REPORTED_BY] = {"reported_by", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_ARTICLE] = {"article", PARAM_ID, NULL, NULL, 0, 0, false},
    [P_COLLAPSE] = {"collapse", PARAM_CHOICE, "duplicates", NULL, 0, 0, false},
    [P_EXPLAIN] = {"explain", PARAM_BOOL, NULL, "false", 0, 0, true},
    [P_CORRECTION_KIND] = {"kind", PARAM_CHOICE,
                           "entity_rename|entity_retype|entity_merge|entity_split|entity_forbid|"
                           "quote_speaker|quote_type|quote_spans|quote_reject",
                           NULL, 0, 0, false},
    [P_SOURCE_STATE] = {"state", PARAM_CHOICE, "active|paused|gone", NULL, 0, 0, false},
    [P_SOURCE_KIND] = {"kind", PARAM_CHOICE, "feed|page|sitemap", NULL, 0, 0, false},
    [P_FAILING] = {"failing", PARAM_BOOL, NULL, NULL, 0, 0, false},
    [P_TARGET] = {"target", PARAM_ID, NULL, NULL, 0, 0, false},
    [P_IDS] = {"id", PARAM_TEXT, NULL, NULL, 13, 14 * 1000 - 1, false},
    [P_ORPHANED] = {"orphaned", PARAM_BOOL, NULL, NULL, 0, 0, false},
    [P_UNDONE] = {"undone", PARAM_BOOL, NULL, NULL, 0, 0, false},
    [P_SOURCE] = {"source", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_SECTION] = {"section", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_AUTHOR] = {"author", PARAM_NAMES, NULL, NULL, 1, LIST_MOST, false},
    [P_LANG] = {"lang", PARAM_LANGS, NULL, NULL, 1, LIST_MOST, false},
    [P_FROM] = {"from", PARAM_TIME, NULL, NULL, 0, 0, false},
    [P_TO] = {"to", PARAM_TIME, NULL, NULL, 0, 0, false},
    [P_DATE] = {"date", PARAM_PERIOD, NULL, NULL, 1, 128, false},
    [P_HAS_QUOTES] = {"has_quotes", PARAM_BOOL, NULL, NULL, 0, 0, false},
    [P_UPDATED_SINCE] = {"updated_since", PARAM_TEXT, NULL, NULL, 1, 64, false},
    [P_REVISION_FROM] = {"from", PARAM_INT, NULL, NULL, 1, NUMBER_MOST, false},
    [P_REVISION_TO] = {"to", PARAM_INT, NULL, NULL, 1, NUMBER_MOST, false},
    [P_MIN_QUOTES] = {"min_quotes", PARAM_INT, NULL, NULL, 0, NUMBER_MOST, false},
    [P_MIN_WORDS] = {"min_words", PARAM_INT, NULL, NULL, 0, NUMBER_MOST, false},
    [P_MAX_WORDS] = {"max_words", PARAM_INT, NULL, NULL, 0, NUMBER_MOST, false},
    [P_MIN_ARTICLES] = {"min_articles", PARAM_INT, NULL, NULL, 0, NUMBER_MOST, false},
    [P_SORT_ARTICLES] = {"sort", PARAM_CHOICE, "newest|oldest|quotes|words|prominence|relevance",
                         "newest", 0, 0, false},
    [P_SORT_QUOTES] = {"sort", PARAM_CHOICE, "newest|oldest|confidence|relevance", "newest", 0, 0,
                       false},
    [P_SORT_ENTITIES] = {"sort", PARAM_CHOICE, "articles|mentions|quotes|name|last_seen",
                         "articles", 0, 0, false},
    [P_ORDER] = {"order", PARAM_CHOICE, "asc|desc", NULL, 0, 0, false},
    [P_LIMIT] = {"limit", PARAM_INT, NULL, "20", 1, 1000, true},
    [P_LIMIT_WHOLE] = {"limit", PARAM_INT, NULL, "1000", 1, 1000, true},
    [P_LIMIT_FEW] = {"limit", PARAM_INT, NULL, "10", 1, 50, true},
    [P_LIMIT_SOME] = {"limit", PARAM_INT, NULL, "20", 1, 100, true},
    [P_FACETS_ARTICLES] =
        {"facets", PARAM_SET,
         "source|lang|section|entity|speaker|quote_type|cue|cue_class|speaker_kind", NULL, 0, 0,
         true},
    [P_FACETS_QUOTES] = {"facets", PARAM_SET, FACETS, NULL, 0, 0, true},
    [P_FACETS_ENTITIES] = {"facets", PARAM_SET, "type", NULL, 0, 0, true},
    [P_FACET_LIMIT] = {"facet_limit", PARAM_INT, NULL, "10", 1, 100, true},
    [P_RELATION] = {"relation", PARAM_CHOICE, "cooccurs|speaks_about|spoken_about_by", "cooccurs",
                    0, 0, false},
    [P_SORT_RELATED] = {"sort", PARAM_CHOICE, "score|shared", "score", 0, 0, false},
    [P_MIN_SHARED] = {"min_shared", PARAM_INT, NULL, "2", 1, 1000, false},
    [P_OF] = {"of", PARAM_CHOICE, "articles|mentions|quotes", "articles", 0, 0, false},
    [P_INTERVAL] = {"interval", PARAM_CHOICE, "auto|hour|day|week|month|year", "auto", 0, 0, false},
    [P_TZ] = {"tz", PARAM_TEXT, NULL, "Z", 1, 40, false},
    [P_SPLIT] = {"split", PARAM_CHOICE, FACETS, NULL, 0, 0, false},
    [P_SPLIT_LIMIT] = {"split_limit", PARAM_INT, NULL, "5", 1, 20, false},
    [P_CURSOR] = {"cursor", PARAM_CURSOR, NULL, NULL, 1, URL_MOST, true},
    [P_INCLUDE] = {"include", PARAM_SET, "text|blocks|entities|quotes", "text,blocks", 0, 0, true},
    [P_INCLUDE_LIST] = {"include", PARAM_SET, "text|blocks|entities|quotes", NULL, 0, 0, true},
    [P_FORMAT] = {"format", PARAM_CHOICE, "json|ndjson|csv|jsonld|atom|ninjs|html|opml", NULL, 0, 0,
                  true},
    [P_FIELDS] = {"fields", PARAM_TEXT, NULL, NULL, 1, 2000, true},
    [P_OFFSETS] = {"offsets", PARAM_CHOICE, "cp|byte|utf16", "cp", 0, 0, true},
    [P_DRY_RUN] = {"dry_run", PARAM_BOOL, NULL, "false", 0, 0, false},
    [P_REVIVE] = {"revive", PARAM_BOOL, NULL, "false", 0, 0, false},
    [P_NOTE] = {"note", PARAM_TEXT, NULL, NULL, 1, 1000, false},
    [P_DOC_URL] = {"url", PARAM_TEXT, NULL, NULL, 1, URL_MOST, false},
    [P_DOC_EXTERNAL_ID] = {"external_id", PARAM_TEXT, NULL, NULL, 1, TEXT_MOST, false},
    [P_DOC_SOURCE] = {"source", PARAM_TEXT, NULL, NULL, 1, NAME_MOST, false},
    [P_DOC_LANG] = {"lang", PARAM_LANG, NULL, NULL, 2, LANG_MOST, false},
    [P_DOC_TITLE] = {"title", PARAM_TEXT, NULL, NULL, 1, URL_MOST, false},
    [P_DOC_SECTION] = {"section", PARAM_TEXT, NULL, NULL, 1, NAME_MOST, false},
    [P_DOC_PUBLISHED_AT] = {"published_at", PARAM_DATE, NULL, NULL, 0, 0, false},
    [P_DOC_MODIFIED_AT] = {"modified_at", PARAM_DATE, NULL, NULL, 0, 0, false},
};
static_assert(PARAM_COUNT <= 128, "a set of parameters is a 128-bit word");

const struct param_spec *param_spec(enum param param)
{
    assert(param < PARAM_COUNT);
    return &specs[param];
}

static const char *kind_name(enum param_kind kind)
{
    switch (kind) {
    case PARAM_TEXT:
    case PARAM_LANG:
    case PARAM_CURSOR:
        return "string";
    case PARAM_TIME:
        return "moment";
    case PARAM_DATE:
        return "time";
    case PARAM_NAMES:
    case PARAM_LANGS:
        return "strings";
    case PARAM_CHOICES:
        return "choices";
    case PARAM_PERIOD:
        return "period";
    case PARAM_INT:
        return "integer";
    case PARAM_SHARE:
        return "number";
    case PARAM_ID:
        return "id";
    case PARAM_BOOL:
        return "boolean";
    case PARAM_CHOICE:
        return "choice";
    case PARAM_SET:
        return "set";
    }
    return "";
}

static void write_choices(struct jsonw *w, const char *choices)
{
    jsonw_array(w);
    struct slice rest = slice_cstr(choices);
    while (slice_present(rest)) {
        jsonw_string(w, slice_cut(&rest, '|'));
    }
    jsonw_end(w);
}

void params_write(struct jsonw *w, param_set allowed)
{
    jsonw_array(w);
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        if (!(allowed & PARAM_BIT(p))) {
            continue;
        }
        const struct param_spec *spec = &specs[p];
        jsonw_object(w);
        jsonw_key_text(w, "name", spec->name);
        jsonw_key_text(w, "kind", kind_name(spec->kind));
        jsonw_key_text(w, "default", spec->standard);
        if (spec->choices) {
            jsonw_key(w, "choices");
            write_choices(w, spec->choices);
        }
        if (spec->most > 0) {
            jsonw_key_int(w, "least", spec->least);
            jsonw_key_int(w, "most", spec->most);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}
