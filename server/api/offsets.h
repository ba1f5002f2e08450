/* offsets=: every "start" and "end" of a reply in the unit that the client's strings count in.
 *
 * Shape:   replies are written in code points; here each pair is counted anew in the article's text that it is about: the
 *          one whose object, or whose quote, it stands in; of "highlights" and "snippet" in the field that they name; of
 *          /suggest in what matched; of POST /analyse in the text that the reply begins with.
 * Units:   cp: Unicode code points (Python); byte: of UTF-8 (C, Go, Rust); utf16: code units (JavaScript, Java, C#).
 */
#ifndef GUILLEMET_API_OFFSETS_H
#define GUILLEMET_API_OFFSETS_H

#include "api/formats.h"

enum { OFFSETS_CP, OFFSETS_BYTE, OFFSETS_UTF16 }; /* P_OFFSETS' choices */

enum rc offsets_convert(const struct formatting *f, struct err *e);

#endif
