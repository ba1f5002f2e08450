#include "ingest/xml_guard.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <pthread.h>
#include <stddef.h>

static xmlParserInputPtr refuse(const char *url, const char *id, xmlParserCtxtPtr parser)
{
    (void)url;
    (void)id;
    (void)parser;
    return NULL;
}

static void set_up(void)
{
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse);
}

void xml_guard(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
}
