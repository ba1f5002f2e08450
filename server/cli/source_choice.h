/* What `guillemet sources add URL` chooses: from its options, and from what stands at the address.
 *
 * Errors:  RC_INVALID when nothing there can be followed, with a way out.
 * Memory:  in the arena, or the command line's.
 */
#ifndef GUILLEMET_CLI_SOURCE_CHOICE_H
#define GUILLEMET_CLI_SOURCE_CHOICE_H

#include "cli/web.h"
#include "store/sources.h"

enum rc source_choice_read(const struct cli *cli, const char *address, struct arena *arena,
                           struct store_source_choice *out, struct err *e);

#endif
