/* One article as a page: its text with what was seen in it.
 *
 * Shape:   self-contained HTML without a script; quotes and names are spans with data attributes and a title. Everything that
 *          comes from outside is escaped, and the policy lets nothing run or load.
 */
#ifndef GUILLEMET_API_PAGE_H
#define GUILLEMET_API_PAGE_H

/* The digest is of page_style's text: a test makes it anew. */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; style-src 'sha256-Qh73zkGmQcOKXCW8Bv1EkyTf1vcawZt5dQHYjWHoup0='; "        \
    "base-uri 'none'; "                                                                            \
    "form-action 'none'; frame-ancestors 'self'"

extern const char page_style[];

#endif
