/* What a service manager is told of this process: ready, reloading, stopping, alive.
 *
 * Shape:   one datagram to the socket named by NOTIFY_SOCKET (systemd and those who speak its protocol); without it,
 *          nothing. Source: sd_notify(3); written here because libsystemd would be a library for ten lines.
 * Errors:  none: a manager that doesn't listen is no reason to stop.
 * Threads: any.
 */
#ifndef GUILLEMET_BASE_NOTIFY_H
#define GUILLEMET_BASE_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1"; several lines are fine. */
void notify_send(const char *state);
/* "RELOADING=1" with the time that the manager wants beside it; READY=1 ends it. */
void notify_reloading(void);
/* How often the manager wants to hear WATCHDOG=1, in ms; 0: it doesn't. */
int64_t notify_watchdog_ms(void);

#endif
