/* Ctrl-C and SIGTERM for commands that work long: the first asks to stop in good order, a second one ends the program.
 *
 * Shape:   stop_listen once, before threads are made; then look at stop_signal (0: go on), and end with
 *          stop_code as a shell does.
 * Threads: signals come to the thread that called stop_listen, for those that it makes later inherit a mask
 *          (stop_mask) without them.
 */
#ifndef GUILLEMET_CLI_STOP_H
#define GUILLEMET_CLI_STOP_H

#include <signal.h>

extern volatile sig_atomic_t stop_signal;

void stop_listen(void);
/* Between these two, threads are made that get no signal. */
void stop_mask(void);
void stop_unmask(void);

static inline int stop_code(void)
{
    return 128 + stop_signal;
}

#endif
