/* Markup with no more attributes to a tag than a parser can take: libxml2 compares each with all before it.
 *
 * Shape:   a tag of more than XML_ATTRIBUTES_MOST attributes loses those behind that; all else stays as it is. Of a page
 *          (`html`) comments, scripts and styles aren't looked into.
 * Memory:  the input itself, unless something was taken out: then a copy in the arena. Absent: no memory.
 */
#ifndef GUILLEMET_INGEST_XML_BOUND_H
#define GUILLEMET_INGEST_XML_BOUND_H

#include "base/arena.h"
#include "base/slice.h"

#define XML_ATTRIBUTES_MOST 256u

struct slice xml_bound(struct slice markup, bool html, struct arena *arena);

#endif
