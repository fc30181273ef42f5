/* SPDX-License-Identifier: MIT */
/* The word that was meant. */
#include "config.h"

#include <string.h>

#include "buf.h"
#include "nearest.h"
#include "tap.h"

int main(void)
{
	static const char *const words[] = {"handler", "chain", "chain-max", "env-file", "to"};
	static const struct {
		const char *written, *meant;
	} rows[] = {
	    {"handlr", "handler"},
	    {"hanlder", "handler"},
	    {"handler:", "handler"},
	    {"handlers=", "handler"},
	    {"env_file", "env-file"},
	    {"ot", "to"},
	    {"chainmax", "chain-max"},
	    {"handicap", NULL},
	    {"x", NULL},
	    {"", NULL},
	    {"a-word-that-is-longer-than-any-option-could-ever-be", NULL},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct nearest nearest = {
		    .written = rows[i].written, .len = strlen(rows[i].written)};

		for (size_t k = 0; k < nitems(words); k++)
			nearest_try(&nearest, words[k]);
		is_text(nearest_word(&nearest), rows[i].meant, rows[i].written);
	}
	return done();
}
