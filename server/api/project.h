/* fields=: an object with those of its fields that were asked for, in the object's own order.
 *
 * Shape:   "speaker.name,text": a path leads through lists to each of their items; a path that ends at an object or list takes
 *          the whole of it. */
#ifndef GUILLEMET_API_PROJECT_H
#define GUILLEMET_API_PROJECT_H

#include "api/formats.h"

/* Reads and checks the parameter. RC_INVALID: a field that the resource's schema doesn't have, with the nearest. */
enum rc project_parse(struct call *call, const struct resource *resource, struct slice text,
                      struct field_paths *out, struct err *e);
void project_write(struct jsonw *w, struct slice value, const struct field_paths *fields);

#endif
