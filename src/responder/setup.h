/* SPDX-License-Identifier: MIT */
/* What the responder is to do: its configuration file; acmehook-responder(8). */
#ifndef ACMEHOOK_SETUP_H
#define ACMEHOOK_SETUP_H

#include "buf.h"
#include "dns/address.h"
#include "error.h"
#include "responder/names.h"

enum service { SERVICE_DNS, SERVICE_HTTP, SERVICE_TLS, SERVICE__MAX };
/* By their names: the options that say where they listen, and systemd's FileDescriptorName. */
extern const char *const service_names[SERVICE__MAX];
extern const uint16_t service_ports[SERVICE__MAX];
/* Why there is no such service, as a sentence; NULL: there is. */
const char *service_fault(enum service service);

struct zone_setup {
	char *name;		/* canonical */
	struct strlist ns;	/* canonical; one at least */
	struct strlist address; /* of those that are in the zone */
	struct strlist record;
	char *contact;
	uint32_t ttl; /* of all this, seconds */
	int line;
};

/* Owns what is in it. All zero is an empty one. */
struct setup {
	char *file;
	struct addresses listen[SERVICE__MAX];
	char *spool, *user;
	struct zone_setup *zones;
	size_t n;
};

/* Values of the spool change all the time, and nobody shall remember that there was none: the TTL
 * of them, and of what is not there, in seconds. */
#define TTL_BRIEF 1

/*
 * Reads the file, or where it is NULL that of $ACMEHOOK_RESPONDER_CONFIG, or the usual one. False,
 * with a sentence, if something in it is not well, or others can write to it.
 */
bool setup_read(struct setup *setup, const char *file, struct error *error);
/* Adds its zones and their records. False, with a sentence, if they cannot be. */
bool setup_zones(const struct setup *setup, struct names *names, struct error *error);
void setup_free(struct setup *setup);

#endif
