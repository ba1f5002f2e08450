#include "fetch/libcurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#define LEAST_VERSION 0x075700 /* 7.87: CURLOPT_QUICK_EXIT; 7.85: CURLOPT_PROTOCOLS_STR */

struct libcurl libcurl;

static enum rc loaded;
static struct err why;

/* Of whichever TLS: Debian has a flavour of each. */
static void *open_library(void)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof names[0]; i++) {
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    }
    return library;
}

static bool find(void *library, const char *name, void *pointer)
{
    void *function = dlsym(library, name);
    memcpy(pointer, &function, sizeof function); /* C has no cast from an object to a function */
    return function != NULL;
}

static void load(void)
{
    void *library = open_library();
    if (!library) {
        loaded =
            err_set(&why, RC_UNAVAILABLE,
                    "fetching needs libcurl, which isn't there: install libcurl4 (%s)", dlerror());
        return;
    }
    bool whole = true;
#define FIND_(name) whole = whole && find(library, "curl_" #name, &libcurl.name);
    LIBCURL_FUNCTIONS(FIND_)
#undef FIND_
    if (!whole || curl_version_info(CURLVERSION_NOW)->version_num < LEAST_VERSION) {
        loaded =
            err_set(&why, RC_UNAVAILABLE, "fetching needs libcurl 7.87 or newer: this one is %s",
                    whole ? curl_version_info(CURLVERSION_NOW)->version : "much older");
    } else if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        loaded = err_nomem(&why);
    }
}

enum rc libcurl_load(struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (loaded != RC_OK && e) {
        *e = why;
    }
    return loaded;
}
