/* One address of the command line into the archive. */
#ifndef GUILLEMET_CLI_INGEST_ADDRESS_H
#define GUILLEMET_CLI_INGEST_ADDRESS_H

struct ingest_run;

/* What goes wrong is reported. */
void ingest_address(struct ingest_run *run, const char *address);

#endif
