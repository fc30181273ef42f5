/* SPDX-License-Identifier: MIT */
/* The names that are answered for: zones, the records in them, and the values of the spool. */
#ifndef ACMEHOOK_NAMES_H
#define ACMEHOOK_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"
#include "responder/table.h"

/*
 * Names here are octets, as in messages: labels with their length before them, up to the empty one;
 * lower case, not compressed.
 *
 * A name that is in none of the zones can have records, too: they are found below every zone. So
 * what the spool has for _acme-challenge.example.com is also found at
 * _acme-challenge.example.com.acme.example.net, if acme.example.net is a zone, and a CNAME is all
 * that example.com needs.
 */

/* The most labels a name can have. */
#define LABELS_MAX 127
/* More values of one name and type fit into no message. */
#define RECORDS_MAX 1000

struct rr {
	struct rr *next;
	uint32_t ttl; /* seconds */
	uint16_t type;
	uint16_t len;
	unsigned uses; /* as often it was added */
	unsigned char data[];
};

struct node {
	struct link link;
	struct zone *zone; /* that begins here; or NULL */
	struct rr *rrs;	   /* those of one type are neighbours */
	unsigned below;	   /* how many nodes have one label more */
	bool inside;	   /* one of the zones */
	uint8_t len;
	unsigned char name[];
};

struct zone {
	struct zone *next;
	struct node *apex;
	char *text; /* its name, canonical */
};

/* All zero in the beginning. */
struct names {
	struct table nodes;
	struct zone *zones;
	unsigned deepest; /* labels of the longest name of a zone */
	uint32_t serial;  /* of all zones; changes when anything does */
};

/* Adds a zone, whose name is canonical text; all of them come before any record. False if it is no
 * name, or the root, or there already. */
bool names_add_zone(struct names *all, const char *text);
/* There will be no other zone. */
void names_zones_done(struct names *all);
/* Adds a record; a second one that is the same is counted only. False if there are too many. */
bool names_add(struct names *all, const unsigned char *name, uint16_t type, uint32_t ttl,
    const void *data, size_t len);
/* Takes it back once. */
void names_remove(
    struct names *all, const unsigned char *name, uint16_t type, const void *data, size_t len);

struct found {
	const struct zone *zone; /* the name is in it */
	size_t apex;		 /* where in the name that of the zone begins */
	/* What there is at the name, itself and as one that is below every zone; NULL: nothing. */
	const struct node *node[2];
};

/* Looks a name up. False if it is in none of the zones. */
bool names_find(const struct names *all, const unsigned char *name, struct found *found);
/* The first record of that type, or NULL. */
const struct rr *rr_first(const struct node *node, uint16_t type);

void names_free(struct names *all);

#endif
