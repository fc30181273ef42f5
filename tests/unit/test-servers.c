/* SPDX-License-Identifier: MIT */
/* Addresses of servers: how they are written, where they are read from, what is known about them.
 */
#include "config.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"
#include "verify/dns/peers.h"
#include "verify/dns/reserved.h"
#include "verify/dns/servers.h"

static bool is_reserved(const char *text)
{
	union address a;

	return address_parse(&a, text, DNS_PORT) && address_is_reserved(&a);
}

static void test_reserved(void)
{
	ok(is_reserved("10.255.255.255") && is_reserved("172.31.0.1") && is_reserved("100.64.0.1"),
	    "private IPv4 addresses");
	ok(is_reserved("::1") && is_reserved("fd00::1") && is_reserved("2001:db8::1") &&
		is_reserved("::ffff:192.0.2.1"),
	    "private IPv6 addresses");
	ok(!is_reserved("11.0.0.0") && !is_reserved("172.32.0.1") && !is_reserved("100.128.0.1") &&
		!is_reserved("223.255.255.255"),
	    "public IPv4 addresses");
	ok(!is_reserved("2001:200::1") && !is_reserved("2606::1") && !is_reserved("::2"),
	    "public IPv6 addresses");
}

static void prints(const char *text, const char *wanted)
{
	union address a;
	char printed[ADDRESS_TEXT] = "";

	if (address_parse(&a, text, DNS_PORT))
		address_print(&a, DNS_PORT, printed);
	is_text(printed, wanted, text);
}

static void test_text(void)
{
	union address a;

	prints("192.0.2.1", "192.0.2.1");
	prints("192.0.2.1#53", "192.0.2.1");
	prints("2001:DB8::1#5353", "2001:db8::1#5353");
	ok(!address_parse(&a, "127.1", DNS_PORT) && !address_parse(&a, "ns1.test", DNS_PORT) &&
		!address_parse(&a, "", DNS_PORT) && !address_parse(&a, "::1#", DNS_PORT) &&
		!address_parse(&a, "::1#65536", DNS_PORT) && !address_parse(&a, "::1#5x", DNS_PORT),
	    "what is none");
}

/* The index of an interface that is there, as the scope of an address. */
static void test_resolv_conf(void)
{
	char path[] = "/tmp/resolv.conf.XXXXXX", line[512], name[IF_NAMESIZE] = "";
	unsigned scope = if_nametoindex("lo") ? if_nametoindex("lo") : 1;
	struct addresses list = {0};
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	if_indextoname(scope, name);
	fprintf(f,
	    "# nameserver 192.0.2.9\nsearch example.test\n  nameserver 192.0.2.1\n"
	    "nameserver\t2001:db8::53 # a comment\noptions edns0 trust-ad\n"
	    "nameserver fe80::1%%%s\nnameserver nonsense\nnameserver 192.0.2.1\n"
	    "nameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4",
	    name);
	fclose(f);
	servers_read(&list, path);
	unlink(path);
	ok(list.n == 6, "all name servers of resolv.conf, each once, more than three");
	address_print(&list.v[1], DNS_PORT, line);
	is_text(line, "2001:db8::53", "one with an IPv6 address");
	ok(list.n > 2 && address_is_v6(&list.v[2]) && list.v[2].v6.sin6_scope_id == scope,
	    "one with a scope");
	addresses_free(&list);
	servers_read(&list, path);
	address_print(&list.v[0], DNS_PORT, line);
	is_text(line, "127.0.0.1", "without the file it is this host");
	addresses_free(&list);
}

static void test_peers(void)
{
	static struct peers all;
	union address a, b;
	struct peer *peer;

	address_parse(&a, "192.0.2.1", DNS_PORT);
	address_parse(&b, "192.0.2.1#54", DNS_PORT);
	ok(peers_silence(&all, &a, 1000) == SILENCE_NONE, "nothing is known of a stranger");
	peer = peer_get(&all, &a, 1000);
	ok(peer_suspect(peer, SILENCE_SLOW, 1000, 2000) == SILENCE_SLOW, "a datagram in vain");
	ok(peer_suspect(peer, SILENCE_TOTAL, 1000, 3000) == SILENCE_TOTAL, "all in vain");
	ok(peer_suspect(peer, SILENCE_SLOW, 1000, 4000) == SILENCE_TOTAL, "less is no news");
	ok(peers_silence(&all, &a, 12999) == SILENCE_TOTAL, "it is remembered ...");
	ok(peers_silence(&all, &a, 13000) == SILENCE_NONE, "... for ten seconds");
	ok(peers_silence(&all, &b, 4000) == SILENCE_NONE, "another port is another server");
	peer_heard(peer, 5000);
	ok(peer_suspect(peer, SILENCE_SLOW, 4000, 6000) == SILENCE_NONE,
	    "who has answered since then lost a datagram");
	peer->edns = ABILITY_NO;
	peer->learned = 5000;
	peer_put(peer);
	peer = peer_get(&all, &a, 6000);
	ok(peer->edns == ABILITY_NO, "what it cannot do is remembered ...");
	peer_put(peer);
	peer = peer_get(&all, &a, 5000 + 600001);
	ok(peer->edns == ABILITY_UNKNOWN, "... for ten minutes");
	peer_put(peer);
	for (unsigned i = 0; i < 3 * PEERS_MAX; i++) {
		a.v4.sin_addr.s_addr = htonl(0x0b000000 + i);
		peer_put(peer_get(&all, &a, 7000));
	}
	ok(all.n <= PEERS_MAX, "not all are remembered");
	peers_free(&all);
	ok(all.n == 0, "none is left");
}

static unsigned gone;

static void go(struct slot *slot)
{
	(void)slot;
	gone++;
}

static void test_slots(void)
{
	struct slot slots[4] = {0};
	struct slots line;

	slots_init(&line, 2);
	for (size_t i = 0; i < 4; i++)
		slots_enter(&line, &slots[i], go);
	ok(gone == 2, "two at a time");
	slots_leave(&line, &slots[2]);
	slots_leave(&line, &slots[0]);
	slots_leave(&line, &slots[0]);
	ok(gone == 3, "who leaves the line is passed over, and who leaves twice leaves once");
	slots_limit(&line, 3);
	slots_enter(&line, &slots[0], go);
	ok(gone == 4, "more at a time");
	slots_limit(&line, 1);
	slots_enter(&line, &slots[2], go);
	slots_leave(&line, &slots[0]);
	slots_leave(&line, &slots[1]);
	ok(gone == 4, "less at a time, when enough have left");
	slots_leave(&line, &slots[3]);
	ok(gone == 5, "then the next");
	slots_leave(&line, &slots[2]);
}

int main(void)
{
	test_reserved();
	test_text();
	test_resolv_conf();
	test_peers();
	test_slots();
	return done();
}
