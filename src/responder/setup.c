/* SPDX-License-Identifier: MIT */
/* The configuration file of the responder. */
#include "config.h"

#include "responder/setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conffile.h"
#include "dns/protocol.h"
#include "responder/records.h"

#define DEFAULT_FILE SYSCONFDIR "/acmehook/acmehook-responder.conf"
#define DEFAULT_SPOOL LOCALSTATEDIR "/spool/acmehook"
#define TTL_DEFAULT 3600
#define TTL_MAX 604800

const char *const service_names[SERVICE__MAX] = {
    [SERVICE_DNS] = "dns", [SERVICE_HTTP] = "http", [SERVICE_TLS] = "tls"};
const uint16_t service_ports[SERVICE__MAX] = {
    [SERVICE_DNS] = DNS_PORT, [SERVICE_HTTP] = 80, [SERVICE_TLS] = 443};

const char *service_fault(enum service service)
{
#ifndef RESPONDER_TLS
	if (service == SERVICE_TLS)
		return "this acmehook-responder was built without OpenSSL, and cannot do "
		       "tls-alpn-01";
#else
	(void)service;
#endif
	return NULL;
}

/* Port 0, "any that is free", is for tests. */
static bool parse_listen(union address *a, const char *text, uint16_t port)
{
	size_t len = strlen(text);
	char *host;
	bool good;

	if (len < 2 || strcmp(text + len - 2, "#0"))
		return address_parse(a, text, port);
	host = xstrndup(text, len - 2);
	good = address_parse(a, host, port);
	address_set_port(a, 0);
	free(host);
	return good;
}

/* --- What libConfuse calls for each value, so that an error has its line */

static int refuse(cfg_t *cfg, const char *option, const char *why)
{
	cfg_error(cfg, "%s: %s", option, why);
	return -1;
}

static const char *last(cfg_opt_t *opt)
{
	return cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
}

static int check_listen(cfg_t *cfg, cfg_opt_t *opt)
{
	union address a;

	return !last(opt) || parse_listen(&a, last(opt), 1)
		   ? 0
		   : refuse(cfg, opt->name, "this is not ADDRESS or ADDRESS#PORT");
}

static int check_tls(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *fault = service_fault(SERVICE_TLS);

	return fault ? refuse(cfg, opt->name, fault) : check_listen(cfg, opt);
}

static int check_path(cfg_t *cfg, cfg_opt_t *opt)
{
	return !last(opt) || *last(opt) == '/' ? 0 : refuse(cfg, opt->name, "not an absolute path");
}

static int check_name(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned char name[NAME_OCTETS];
	struct error error = {0};

	return !last(opt) || record_owner(last(opt), name, &error)
		   ? 0
		   : refuse(cfg, opt->name, error.text);
}

static int check_address(cfg_t *cfg, cfg_opt_t *opt)
{
	struct error error = {0};
	struct record_data r;

	return !last(opt) || record_address(&r, last(opt), &error)
		   ? 0
		   : refuse(cfg, opt->name, error.text);
}

static int check_record(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned char name[NAME_OCTETS];
	struct error error = {0};
	struct record_data r;

	return !last(opt) || record_parse(&r, name, last(opt), "zone", &error)
		   ? 0
		   : refuse(cfg, opt->name, error.text);
}

static int check_contact(cfg_t *cfg, cfg_opt_t *opt)
{
	struct error error = {0};
	struct record_data r;

	return !last(opt) || record_soa(&r, "zone", last(opt), 0, &error)
		   ? 0
		   : refuse(cfg, opt->name, error.text);
}

static int check_ttl(cfg_t *cfg, cfg_opt_t *opt)
{
	long ttl = cfg_opt_getnint(opt, cfg_opt_size(opt) - 1);

	return ttl >= 0 && ttl <= TTL_MAX ? 0 : refuse(cfg, opt->name, "not a number of seconds");
}

static cfg_opt_t with(cfg_opt_t opt, cfg_validate_callback_t check)
{
	opt.validcb = check;
	return opt;
}

/* --- Taking what was read */

static void take_list(struct strlist *list, cfg_t *cfg, const char *name)
{
	for (unsigned i = 0; i < cfg_size(cfg, name); i++)
		strlist_add(list, cfg_getnstr(cfg, name, i));
}

static void take_names(struct strlist *list, cfg_t *cfg, const char *name)
{
	for (unsigned i = 0; i < cfg_size(cfg, name); i++)
		strlist_take(list, name_canonical(cfg_getnstr(cfg, name, i)));
}

static void take_zone(struct setup *setup, cfg_t *section, const char *text)
{
	const char *title = cfg_title(section), *contact = cfg_getstr(section, "contact");
	struct zone_setup *z;

	setup->zones = xrealloc(setup->zones, (setup->n + 1) * sizeof(*setup->zones));
	z = &setup->zones[setup->n++];
	*z = (struct zone_setup){.name = name_canonical(title)};
	z->line = conffile_line(text, "zone", title, section->line);
	z->ttl = (uint32_t)cfg_getint(section, "ttl");
	z->contact = contact ? xstrdup(contact) : xasprintf("hostmaster@%s", z->name);
	take_names(&z->ns, section, "ns");
	take_list(&z->address, section, "address");
	take_list(&z->record, section, "record");
	if (!z->ns.n)
		strlist_take(&z->ns, xasprintf("ns.%s", z->name));
}

static void take_listen(struct setup *setup, cfg_t *cfg, enum service service)
{
	const char *name = service_names[service];
	union address a;

	for (unsigned i = 0; i < cfg_size(cfg, name); i++)
		if (parse_listen(&a, cfg_getnstr(cfg, name, i), service_ports[service]))
			addresses_add(&setup->listen[service], &a);
}

static bool take(struct setup *setup, const char *text, struct error *error)
{
	cfg_opt_t zone[] = {
	    with((cfg_opt_t)CFG_STR_LIST("ns", NULL, CFGF_NODEFAULT), check_name),
	    with((cfg_opt_t)CFG_STR_LIST("address", NULL, CFGF_NODEFAULT), check_address),
	    with((cfg_opt_t)CFG_STR_LIST("record", NULL, CFGF_NODEFAULT), check_record),
	    with((cfg_opt_t)CFG_STR("contact", NULL, CFGF_NODEFAULT), check_contact),
	    with((cfg_opt_t)CFG_INT("ttl", TTL_DEFAULT, CFGF_NONE), check_ttl),
	    CFG_END(),
	};
	cfg_opt_t opts[] = {
	    with((cfg_opt_t)CFG_STR_LIST("dns", NULL, CFGF_NODEFAULT), check_listen),
	    with((cfg_opt_t)CFG_STR_LIST("http", NULL, CFGF_NODEFAULT), check_listen),
	    with((cfg_opt_t)CFG_STR_LIST("tls", NULL, CFGF_NODEFAULT), check_tls),
	    with((cfg_opt_t)CFG_STR("spool", DEFAULT_SPOOL, CFGF_NONE), check_path),
	    CFG_STR("user", VERIFY_USER, CFGF_NONE),
	    CFG_SEC("zone", zone, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	    CFG_BOOL(CONFFILE_END, cfg_false, CFGF_NODEFAULT),
	    CFG_END(),
	};
	cfg_t *cfg = conffile_parse(setup->file, text, opts, error);

	if (!cfg)
		return false;
	setup->spool = xstrdup(cfg_getstr(cfg, "spool"));
	setup->user = xstrdup(cfg_getstr(cfg, "user"));
	for (int service = 0; service < SERVICE__MAX; service++)
		take_listen(setup, cfg, (enum service)service);
	for (unsigned i = 0; i < cfg_size(cfg, "zone"); i++)
		take_zone(setup, cfg_getnsec(cfg, "zone", i), text);
	cfg_free(cfg);
	return true;
}

bool setup_read(struct setup *setup, const char *file, struct error *error)
{
	const char *env = getenv("ACMEHOOK_RESPONDER_CONFIG");
	const char *name = file ? file : env ? env : DEFAULT_FILE;
	struct buf text = BUF_INIT(CONFFILE_MAX);
	FILE *stream = fopen(name, "re");
	bool good;

	*setup = (struct setup){.file = xstrdup(name)};
	if (!stream)
		return error_set(error, FAILURE_USAGE,
		    "%s: %s; acmehook-responder(8) has an example of a configuration", name,
		    strerror(errno));
	good = conffile_read(name, stream, &text, error) && conffile_prepare(name, &text, error) &&
	       take(setup, text.data, error);
	buf_free(&text);
	return good;
}

/* --- Zones */

static bool add(struct names *names, const char *owner, const struct record_data *r, uint32_t ttl,
    struct error *error)
{
	unsigned char name[NAME_OCTETS];

	return record_owner(owner, name, error) &&
	       (names_add(names, name, r->type, ttl, r->data, r->len) ||
		   error_set(error, FAILURE_USAGE, "%s has too many records", owner));
}

/* The addresses of a name server, if its name is in the zone. */
static bool add_glue(
    struct names *names, const struct zone_setup *z, const char *ns, struct error *error)
{
	struct record_data r;

	if (!name_within(ns, z->name))
		return true;
	if (!z->address.n)
		return error_set(error, FAILURE_USAGE,
		    "the name server %s is in the zone, and has no address; say with address "
		    "where this host is reached, or with ns the name that it has elsewhere",
		    ns);
	for (size_t i = 0; i < z->address.n; i++)
		if (!record_address(&r, z->address.v[i], error) ||
		    !add(names, ns, &r, z->ttl, error))
			return false;
	return true;
}

static bool add_records(struct names *names, const struct zone_setup *z, struct error *error)
{
	unsigned char name[NAME_OCTETS];
	struct record_data r;

	if (!record_soa(&r, z->ns.v[0], z->contact, TTL_BRIEF, error) ||
	    !add(names, z->name, &r, z->ttl, error))
		return false;
	for (size_t i = 0; i < z->ns.n; i++)
		if (!record_ns(&r, z->ns.v[i], error) || !add(names, z->name, &r, z->ttl, error) ||
		    !add_glue(names, z, z->ns.v[i], error))
			return false;
	for (size_t i = 0; i < z->record.n; i++)
		if (!record_parse(&r, name, z->record.v[i], z->name, error) ||
		    !names_add(names, name, r.type, z->ttl, r.data, r.len))
			return error_set(
			    error, FAILURE_USAGE, "record \"%s\" cannot be added", z->record.v[i]);
	return true;
}

bool setup_zones(const struct setup *setup, struct names *names, struct error *error)
{
	struct error why = {0};

	for (size_t i = 0; i < setup->n; i++)
		if (!names_add_zone(names, setup->zones[i].name))
			return error_set(error, FAILURE_USAGE,
			    "%s:%d: zone \"%s\": this is no name, or it is there already",
			    setup->file, setup->zones[i].line, setup->zones[i].name);
	names_zones_done(names);
	for (size_t i = 0; i < setup->n; i++)
		if (!add_records(names, &setup->zones[i], &why))
			return error_set(error, FAILURE_USAGE, "%s:%d: zone \"%s\": %s",
			    setup->file, setup->zones[i].line, setup->zones[i].name, why.text);
	return true;
}

void setup_free(struct setup *setup)
{
	for (size_t i = 0; i < setup->n; i++) {
		struct zone_setup *z = &setup->zones[i];

		free(z->name);
		free(z->contact);
		strlist_free(&z->ns);
		strlist_free(&z->address);
		strlist_free(&z->record);
	}
	free(setup->zones);
	for (int service = 0; service < SERVICE__MAX; service++)
		addresses_free(&setup->listen[service]);
	free(setup->spool);
	free(setup->user);
	free(setup->file);
	*setup = (struct setup){0};
}
