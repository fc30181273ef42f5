/* SPDX-License-Identifier: MIT */
/* http-01: which URL is asked for again, and for which others that counts. */
#include "config.h"

#include "verify/http01.h"

#include <stdio.h>

#include "tap.h"

static struct checks checks;

/* A check whose first round was good, and what became of it. */
struct url {
	struct check check;
	struct host host;
	struct walk walk, *walks;
	struct http01 http;
	bool asked;
	const struct http01 *heard;
};

void http01_repeat(struct http01 *http)
{
	((struct url *)http->check->work)->asked = true;
}

void http01_heard(struct http01 *http, const struct http01 *from)
{
	http->alone = from->missed;
	((struct url *)http->check->work)->heard = from;
}

static void begin(struct url *u, const char *name, uint64_t started, union address *address)
{
	*u = (struct url){0};
	u->check = (struct check){.all = &checks,
	    .domain = (char *)name,
	    .http_port = 80,
	    .profile = profile_of(CA_GENERIC),
	    .started = started,
	    .work = u};
	u->host.addresses = (struct addresses){.v = address, .n = 1};
	u->walks = &u->walk;
	u->http = (struct http01){.check = &u->check, .host = &u->host, .walks = &u->walks, .n = 1};
}

static void enter(struct url *u, const char *name, uint64_t started)
{
	static union address address;

	address_parse(&address, "192.0.2.1", 80);
	begin(u, name, started, &address);
	sharing_enter(&u->http);
}

static void test_the_latest_asks(void)
{
	struct url a, b, c, d;

	enter(&a, "a.test", 1);
	ok(a.asked && !sharing_waits(&a.http), "the first asks at once");
	enter(&b, "a.test", 2);
	enter(&c, "a.test", 4);
	enter(&d, "a.test", 3);
	ok(!b.asked && !c.asked && !d.asked && sharing_waits(&b.http), "others of its name wait");
	sharing_done(&a.http);
	ok(!b.heard && !c.heard && !d.heard,
	    "what had begun before they came does not count for them");
	ok(!b.asked && c.asked && !d.asked, "the latest of them asks next");
	sharing_done(&c.http);
	ok(b.heard == &c.http && d.heard == &c.http && !c.heard, "it counts for those before it");
	ok(!checks.sharings, "nothing is left");
}

static void test_others(void)
{
	static union address other;
	struct url a, name, port, profile, address, redirected;

	enter(&a, "a.test", 1);
	enter(&name, "b.test", 1);
	ok(name.asked, "another name asks itself");
	begin(&port, "a.test", 1, a.host.addresses.v);
	port.check.http_port = 81;
	sharing_enter(&port.http);
	ok(port.asked, "so does another port");
	begin(&profile, "a.test", 1, a.host.addresses.v);
	profile.check.profile = profile_of(CA_PEBBLE);
	sharing_enter(&profile.http);
	ok(profile.asked, "so does another CA");
	address_parse(&other, "192.0.2.2", 80);
	begin(&address, "a.test", 1, &other);
	sharing_enter(&address.http);
	ok(address.asked, "so does another address");
	begin(&redirected, "a.test", 1, a.host.addresses.v);
	redirected.walk.hops = 1;
	sharing_enter(&redirected.http);
	ok(redirected.asked && !redirected.http.sharing, "so does who was redirected");
	sharing_done(&redirected.http);
	sharing_done(&address.http);
	sharing_done(&profile.http);
	sharing_done(&port.http);
	sharing_done(&name.http);
	sharing_done(&a.http);
	ok(!checks.sharings, "nothing is left");
}

static void test_a_miss(void)
{
	struct url a, b, c;

	enter(&a, "a.test", 1);
	enter(&b, "a.test", 2);
	enter(&c, "a.test", 3);
	sharing_done(&a.http);
	c.http.missed = true;
	sharing_done(&c.http);
	ok(b.heard == &c.http && b.http.alone, "a miss counts for those that wait");
	b.asked = false;
	enter(&a, "a.test", 4);
	sharing_enter(&b.http);
	ok(b.asked && !b.http.sharing, "who has heard of one asks itself the next time");
	sharing_done(&a.http);
}

static void test_leaving(void)
{
	struct url a, b, c, d;

	enter(&a, "a.test", 1);
	enter(&b, "a.test", 2);
	enter(&c, "a.test", 3);
	enter(&d, "a.test", 4);
	sharing_leave(&c.http);
	sharing_leave(&a.http);
	ok(d.asked && !c.asked, "who asks may go away: then the latest of the others does");
	sharing_leave(&d.http);
	ok(b.asked && !b.heard, "also when others waited for it already");
	sharing_leave(&b.http);
	sharing_leave(&b.http);
	ok(!checks.sharings, "nothing is left");
}

int main(void)
{
	test_the_latest_asks();
	test_others();
	test_a_miss();
	test_leaving();
	return done();
}
