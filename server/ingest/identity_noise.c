#include "ingest/identity_noise.h"

#include <string.h>
#include <strings.h>

/* Parameters that say how a reader came, never what the page is. Source: the documentation of the
 * trackers themselves (Google Analytics and Ads, Meta, Microsoft, X, Yandex, Mailchimp, HubSpot, Marketo,
 * Piano/AT Internet, Adobe). A '*' ends a prefix. */
static const char *const tracking[] = {
    "utm_*",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "__hstc",
    "__hssc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "xtor",
    "xtref",
    "at_medium",
    "at_campaign",
    "at_custom*",
    "at_link*",
    "at_format",
    "at_ptr_name",
    "at_variant",
    "at_creation",
    "ns_mchannel",
    "ns_source",
    "ns_campaign",
    "ns_linkname",
    "ns_fee",
    "s_cid",
    "cmpid",
    "icid",
    "ocid",
    "smid",
    "wt_mc",
    "wt_zmc",
    "pk_campaign",
    "pk_kwd",
    "mtm_*",
    "matomo_*",
    "_openstat",
    "ref_src",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "srsltid",
    "fb_action_*",
    "fb_source",
    "cx_*",
    "echobox",
    "actcampaigntype",
    "phpsessid",
    "jsessionid",
};

/* Parameters that ask for the same article in another dress; without a value: whatever they say. */
static const struct dress {
    const char *name, *value;
} dresses[] = {
    {"amp", NULL},     {"amp_js_v", NULL}, {"amp_gsa", NULL},     {"usqp", NULL},
    {"output", "amp"}, {"format", "amp"},  {"outputtype", "amp"}, {"outputtype", "mobile"},
    {"view", "amp"},   {"view", "mobile"}, {"mobile", NULL},      {"print", NULL},
};

static bool is_tracking(struct slice name)
{
    for (size_t i = 0; i < sizeof tracking / sizeof tracking[0]; i++) {
        size_t len = strlen(tracking[i]);
        bool prefix = tracking[i][len - 1] == '*';
        if (prefix ? name.len >= len - 1 && strncasecmp(name.ptr, tracking[i], len - 1) == 0
                   : name.len == len && strncasecmp(name.ptr, tracking[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_dress(struct slice name, struct slice value)
{
    for (size_t i = 0; i < sizeof dresses / sizeof dresses[0]; i++) {
        const struct dress *d = &dresses[i];
        if (name.len == strlen(d->name) && strncasecmp(name.ptr, d->name, name.len) == 0 &&
            (!d->value ||
             (value.len == strlen(d->value) && strncasecmp(value.ptr, d->value, value.len) == 0))) {
            return true;
        }
    }
    return false;
}

bool identity_is_noise(struct slice name, struct slice value)
{
    return is_tracking(name) || is_dress(name, value);
}
