/* Text in XML and HTML: the one place that escapes. */
#ifndef GUILLEMET_API_MARKUP_H
#define GUILLEMET_API_MARKUP_H

#include "base/buf.h"

/* For text and for attributes in double quotes. Controls that XML 1.0 can't hold become U+FFFD. */
void markup_escape(struct buf *out, struct slice text);
/* <name>text</name>, nothing when the text is absent. */
void markup_element(struct buf *out, const char *name, struct slice text);

#endif
