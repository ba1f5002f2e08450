/* What a person reads: the reference of the API (/docs) and the pages that explain problems (/problems). */
#ifndef GUILLEMET_API_DOCS_H
#define GUILLEMET_API_DOCS_H

#include "api/call.h"

call_handler docs_page, docs_file, docs_problems, docs_problem;

#endif
