#include "text/host.h"

#include <idn2.h>
#include <string.h>

bool host_ascii(struct slice host, char out[HOST_MOST])
{
    char name[HOST_MOST], *ascii = NULL;
    if (host.len >= sizeof name || memchr(host.ptr, '\0', host.len) != NULL) {
        return false;
    }
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    bool good = idn2_to_ascii_8z(name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK &&
                strlen(ascii) < HOST_MOST;
    if (good) {
        memcpy(out, ascii, strlen(ascii) + 1);
    }
    idn2_free(ascii);
    return good;
}
