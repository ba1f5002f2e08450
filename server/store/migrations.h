/* The files of migrations/, compiled in by store.mk: numbers ascend from 1 without a gap. */
#ifndef GUILLEMET_STORE_MIGRATIONS_H
#define GUILLEMET_STORE_MIGRATIONS_H

#include <stddef.h>

struct migration {
    int number;
    const char *name; /* "0001_archive" */
    const char *sql;
};

extern const struct migration migrations[];
extern const size_t migration_count;

#endif
