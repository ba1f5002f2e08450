/* libcurl, loaded when it is needed first. Linked in, it and the thirty libraries behind it would cost every command, of
 * which most fetch nothing, 8 ms of CPU at its start.
 *
 * Shape:   libcurl_load, then the functions of curl/curl.h by their names.
 * Errors:  RC_UNAVAILABLE with what to install, or that it is too old for the options that keep us safe.
 * Threads: any.
 */
#ifndef GUILLEMET_FETCH_LIBCURL_H
#define GUILLEMET_FETCH_LIBCURL_H

#include <curl/curl.h>

#include "base/err.h"

#undef curl_easy_setopt /* checks of types that know the functions' own names */
#undef curl_easy_getinfo

/* X(what follows "curl_") */
#define LIBCURL_FUNCTIONS(X)                                                                       \
    X(easy_cleanup)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_init)                                                                                   \
    X(easy_perform)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_setopt)                                                                                 \
    X(free)                                                                                        \
    X(getdate)                                                                                     \
    X(global_init)                                                                                 \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(url)                                                                                         \
    X(url_cleanup)                                                                                 \
    X(url_get)                                                                                     \
    X(url_set)                                                                                     \
    X(version_info)

#define LIBCURL_POINTER_(name) __typeof__(curl_##name) *name;
struct libcurl {
    LIBCURL_FUNCTIONS(LIBCURL_POINTER_)
};
#undef LIBCURL_POINTER_
extern struct libcurl libcurl; /* after libcurl_load */

#define curl_easy_cleanup   libcurl.easy_cleanup
#define curl_easy_getinfo   libcurl.easy_getinfo
#define curl_easy_init      libcurl.easy_init
#define curl_easy_perform   libcurl.easy_perform
#define curl_easy_reset     libcurl.easy_reset
#define curl_easy_setopt    libcurl.easy_setopt
#define curl_free           libcurl.free
#define curl_getdate        libcurl.getdate
#define curl_global_init    libcurl.global_init
#define curl_slist_append   libcurl.slist_append
#define curl_slist_free_all libcurl.slist_free_all
#define curl_url            libcurl.url
#define curl_url_cleanup    libcurl.url_cleanup
#define curl_url_get        libcurl.url_get
#define curl_url_set        libcurl.url_set
#define curl_version_info   libcurl.version_info

enum rc libcurl_load(struct err *e);

#endif
