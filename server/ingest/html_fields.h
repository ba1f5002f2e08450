/* What a page says about itself, from every place where pages say it; the better witness wins.
 *
 * Shape:  html_meta_read and html_jsonld_read offer values with their origin and a rank; the lowest rank of a
 *         field is kept (of lists: all values of the lowest rank). html_fields_file cleans them and files them in
 *         a document: what is over a limit or no address is left out with a warning, never an error.
 * Memory: the arena has an escape set.
 */
#ifndef GUILLEMET_INGEST_HTML_FIELDS_H
#define GUILLEMET_INGEST_HTML_FIELDS_H

#include "ingest/formulas.h"
#include "ingest/html_tree.h"
#include "ingest/ingest.h"
#include "model/document.h"

enum html_field {
    FIELD_TITLE,
    FIELD_STANDFIRST,
    FIELD_AUTHORS, /* list */
    FIELD_PUBLISHED,
    FIELD_MODIFIED,
    FIELD_SECTION,
    FIELD_KEYWORDS, /* list */
    FIELD_IMAGE,
    FIELD_CANONICAL,
    FIELD_SITE,
    FIELD_LANG,
    FIELD_BODY, /* the whole text, as JSON-LD may hold it */
    FIELD_COUNT
};

/* Ranks: where something was said, the most reliable first. */
enum html_rank {
    RANK_JSON_LD = 10,
    RANK_OPENGRAPH = 20,
    RANK_MICRODATA = 25,
    RANK_META = 30,
    RANK_TWITTER = 35,
    RANK_MARKED = 40, /* an element made for it: <time>, rel=author */
    RANK_CLASS = 50,
    RANK_TEXT = 60,
    RANK_GUESS = 70,
    RANK_NONE = 255
};

#define FIELD_VALUES_MOST 64
#define HEADINGS_MOST     8

struct html_value {
    struct slice items[FIELD_VALUES_MOST];
    size_t count;
    uint8_t rank;
    enum origin origin;
};

struct html_fields {
    struct arena *arena;
    struct slice base; /* for relative addresses */
    struct html_value values[FIELD_COUNT];
    struct formula_packs packs;
    struct slice page_title; /* <title> */
    struct slice headings[HEADINGS_MOST];
    size_t heading_count;
    bool dropped_address;
    uint32_t standfirst_node, byline_node;
    uint32_t item; /* microdata, RDFa: the item that is the article; HTML_NO_NODE */
};

void html_fields_offer(struct html_fields *f, enum html_field field, struct slice value,
                       enum origin origin, enum html_rank rank);
struct slice html_fields_get(const struct html_fields *f, enum html_field field);

void html_meta_read(struct html_fields *f, const struct html_tree *tree);
void html_jsonld_read(struct html_fields *f, struct slice json);
/* Authors' names out of what stands in a byline: "Par Jeanne Vidal et Hugo Roux, à Lyon". */
size_t html_fields_names(const struct html_fields *f, struct slice text, struct slice *names,
                         size_t most);
/* What isn't set yet in the document. */
enum rc html_fields_file(struct html_fields *f, struct document *document, struct err *e);

#endif
