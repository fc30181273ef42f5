/* SPDX-License-Identifier: MIT */
/* Records as people write them, made ready for answers. */
#ifndef ACMEHOOK_RECORDS_H
#define ACMEHOOK_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"
#include "error.h"

/* The longest text of a TXT record. */
#define TXT_MAX 2048
#define RDATA_MAX (TXT_MAX + TXT_MAX / 255 + 1)

struct record_data {
	uint16_t type;
	size_t len;
	unsigned char data[RDATA_MAX];
};

/*
 * Writes the name as octets, in lower case. False, with a sentence, if it is none. A name of the
 * spool or the configuration has letters, digits, "-", "_" and dots.
 */
bool record_owner(const char *text, unsigned char name[NAME_OCTETS], struct error *error);

/* The data of each type of record. False, with a sentence, if the text is none of it. */
bool record_txt(struct record_data *r, const char *text, struct error *error);
bool record_address(struct record_data *r, const char *text, struct error *error);
bool record_ns(struct record_data *r, const char *name, struct error *error);
/* contact is an address of mail. */
bool record_soa(struct record_data *r, const char *primary, const char *contact, uint32_t minimum,
    struct error *error);

/*
 * Reads "NAME TYPE VALUE", where NAME is that of the zone ("@") or below it: of type A, AAAA, TXT
 * (with or without quotes) or CAA (FLAGS TAG "VALUE").
 */
bool record_parse(struct record_data *r, unsigned char name[NAME_OCTETS], const char *text,
    const char *zone, struct error *error);

#endif
