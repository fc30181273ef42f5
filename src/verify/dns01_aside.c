/* SPDX-License-Identifier: MIT */
/* dns-01: questions on the side. */
#include "config.h"

#include "verify/dns01.h"

static void answered(void *arg, const struct exchange_result *result)
{
	struct aside *aside = arg;
	struct dns01 *dns = aside->dns;

	aside->asking = NULL;
	dns01_done(dns, aside->look);
	aside->answered(aside, result->message);
	dns01_arrived(dns);
}

void dns01_aside(struct dns01 *dns, struct aside *aside, const union address *server,
    const struct question *question, bool brief,
    void (*on_answer)(struct aside *aside, const struct message *m))
{
	aside->dns = dns;
	aside->answered = on_answer;
	aside->asking =
	    exchange_start(&dns->check->all->exchanges, server, question, brief, answered, aside);
	dns01_begun(dns, &aside->look);
}

void dns01_aside_end(struct aside *aside)
{
	if (!aside->asking)
		return;
	exchange_cancel(aside->asking);
	aside->asking = NULL;
	dns01_done(aside->dns, aside->look);
}
