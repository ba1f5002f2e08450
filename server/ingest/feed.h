/* Feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 (feed_xml.c), JSON Feed 1.x (feed_json.c); each item is a document.
 *
 * Shape:  a format's file fills a feed_item with what the item says, in the best of its forms; feed_document
 *         makes the document: HTML of titles is taken off, the text goes through the blocks of html_blocks.h,
 *         addresses are resolved against their base.
 * Errors: an item without title and text is RC_INVALID with its number (err.where "item 3"); the others go on.
 * Memory: items borrow from the feed's own arena; documents are whole in the arena given.
 * Safety: no DTD is loaded, no entity is expanded but XML's five, characters and HTML's; nothing is fetched.
 */
#ifndef GUILLEMET_INGEST_FEED_H
#define GUILLEMET_INGEST_FEED_H

#include "ingest/ingest.h"

#define FEED_LIST_MOST 32

enum feed_field {
    FEED_TITLE,
    FEED_LINK,
    FEED_ID,
    FEED_CONTENT,
    FEED_SUMMARY,
    FEED_PUBLISHED,
    FEED_MODIFIED,
    FEED_IMAGE,
    FEED_LANG,
    FEED_SOURCE,
    FEED_FIELDS
};

struct feed_value {
    struct slice text;
    uint8_t rank; /* of the element it came from: the lowest wins; 0: absent */
    bool plain;   /* known to be no HTML */
};

struct feed_list {
    struct slice items[FEED_LIST_MOST];
    size_t count;
    uint8_t rank;
};

struct feed_item {
    struct feed_value values[FEED_FIELDS];
    struct feed_list authors, categories;
    struct slice base; /* for relative addresses */
};

void feed_offer(struct feed_item *item, enum feed_field field, struct slice text, unsigned rank);
/* Lists keep all values of the best rank. */
void feed_list_offer(struct feed_list *list, struct slice text, unsigned rank);
enum rc feed_document(const struct feed_item *item, const struct ingest_hints *hints,
                      struct arena *arena, struct document *document, struct err *e);

#endif
