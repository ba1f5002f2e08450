/* Which process this is, said so that another one can tell whether it still lives.
 *
 * Shape:   a name is made of the machine's start, the process's namespace, its number and when it began: no two processes
 *          share one, however often numbers come again.
 * Errors:  what the system doesn't tell is left out of the name; of such a process nobody says that it is gone.
 * Threads: any.
 * Source:  proc(5): /proc/sys/kernel/random/boot_id, /proc/PID/ns/pid, /proc/PID/stat (state, starttime).
 */
#ifndef GUILLEMET_BASE_PROCESS_H
#define GUILLEMET_BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#define PROCESS_NAME_MOST 160

void process_name(char out[PROCESS_NAME_MOST]);
/* True only when it is sure: it ran in the same namespace of the same machine, and ended. */
bool process_is_gone(const char *name);

/* How many files this process may have open, after asking the system for `wanted`. */
uint64_t process_files_most(uint64_t wanted);

#endif
