/* libxml2, kept from reaching out: no file is opened and no host asked because of what a document says.
 *
 * Shape:   the first call installs an entity loader that refuses and silences libxml2's own messages.
 * Threads: any; libxml2's parsers are independent of each other once it has been set up.
 */
#ifndef GUILLEMET_INGEST_XML_GUARD_H
#define GUILLEMET_INGEST_XML_GUARD_H

void xml_guard(void);

#endif
