/* A page's title without the site's name: "Une usine ferme | Le Courrier" → "Une usine ferme". */
#ifndef GUILLEMET_INGEST_HTML_TITLE_H
#define GUILLEMET_INGEST_HTML_TITLE_H

#include "ingest/html_fields.h"

/* Out of the metadata's title, <title> and the headings. Absent when there is none. */
struct slice html_title_choose(struct html_fields *f);
/* True when a heading says the same as the title, give or take a word. */
bool html_title_repeats(struct slice heading, struct slice title, struct arena *arena);

#endif
