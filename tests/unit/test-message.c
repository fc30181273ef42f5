/* SPDX-License-Identifier: MIT */
/* DNS messages: what is asked, and that nothing which is not well gets through. */
#include "config.h"

#include "verify/dns/message.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "tap.h"

#define ID 0x1234

/* The reply to the query for TXT of "a.test", id 0x1234, without records. */
#define HEADER(an) "\x12\x34\x84\x00\x00\x01\x00" an "\x00\x00\x00\x00"
#define QUESTION \
	"\x01"   \
	"a"      \
	"\x04"   \
	"test"   \
	"\x00"   \
	"\x00\x10\x00\x01"
#define TXT_OF_A "\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c"

/* A literal with the NULs in it. */
#define OCTETS(literal) (const unsigned char *)(literal), sizeof(literal) - 1

static const struct question txt_of_a = {.name = "a.test", .type = TYPE_TXT};

static bool parses(const unsigned char *data, size_t len)
{
	struct message m;
	bool good = message_parse(&m, data, len);

	if (good)
		message_free(&m);
	return good;
}

static void test_build(void)
{
	static const unsigned char plain[] =
	    "\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" QUESTION;
	unsigned char out[MESSAGE_QUERY_MAX], caa[MESSAGE_QUERY_MAX];
	struct question question = txt_of_a;
	size_t n = message_build(&question, ID, false, out), k;
	char *name;

	ok(n == sizeof(plain) - 1 && !memcmp(out, plain, n), "a query for an authoritative server");
	question.recurse = true;
	message_build(&question, ID, false, out);
	ok(out[2] == 1, "a query for a resolver has RD set, and no other bit");
	question.unchecked = true;
	message_build(&question, ID, false, out);
	ok(out[2] == 1 && out[3] == 0x10, "a resolver can be told not to validate: CD");
	question.unchecked = false;
	question.type = TYPE_CAA;
	k = message_build(&question, ID, false, caa);
	ok(k == n && caa[n - 4] == 1 && caa[n - 3] == 1, "a query for CAA (type 257)");
	k = message_build(&question, ID, true, out);
	question.signatures = true;
	message_build(&question, ID, true, out);
	ok(!memcmp(out + n, "\0\0\x29\x04\xd0\0\0\x80\0\0\0", 11), "EDNS: DO asks for signatures");
	question.signatures = false;
	k = message_build(&question, ID, true, out);
	ok(k == n + 11 && out[11] == 1 && !memcmp(out + n, "\0\0\x29\x04\xd0\0\0\0\0\0\0", 11),
	    "EDNS: an OPT record with 1232 octets");
	question.name = "a\\046b.\\255\\x";
	k = message_build(&question, ID, false, out);
	ok(k == 12 + 9 + 4 && !memcmp(out + 12, "\3a.b\3\377\\x", 9), "odd octets of a name");
	question.name = "a..test";
	ok(message_build(&question, ID, false, out) == 0, "an empty label is none");
	name = xasprintf("%064d.test", 0);
	question.name = name;
	ok(message_build(&question, ID, false, out) == 0, "a label has 63 octets at most");
	question.name = name + 1;
	ok(message_build(&question, ID, false, out) == 12 + 64 + 6 + 4, "and may have as many");
	free(name);
	name = xasprintf("%063d.%063d.%063d.%061d", 0, 0, 0, 0);
	question.name = name;
	ok(message_build(&question, ID, false, out) == 12 + 255 + 4, "a name of 255 octets");
	free(name);
	name = xasprintf("%063d.%063d.%063d.%062d", 0, 0, 0, 0);
	question.name = name;
	ok(message_build(&question, ID, false, out) == 0, "no name has more");
	free(name);
	name = xasprintf("%0300d", 0);
	question.name = name;
	ok(message_build(&question, ID, true, out) == 0,
	    "a name that is too long cannot be asked for");
	free(name);
	question.name = ".";
	ok(message_build(&question, ID, false, out) == 17, "the root can be asked for");
}

static void test_letters(void)
{
	static const unsigned char all[MESSAGE_LETTERS] = {0xff, 0xff}, none[MESSAGE_LETTERS];
	unsigned char query[MESSAGE_QUERY_MAX], reply[] = HEADER("\x00") QUESTION;
	size_t n = message_build(&txt_of_a, ID, true, query);

	message_mix_letters(query, none);
	ok(message_same_letters(query, reply), "no letter is changed");
	message_mix_letters(query, all);
	ok(!memcmp(query + 12, "\1A\4TEST\0\0\x10\0\1", 12), "all letters are, and nothing else");
	ok(message_answers(query, n, reply, sizeof(reply) - 1), "a reply in other letters is one");
	ok(!message_same_letters(query, reply), "but is told apart");
	memcpy(reply + 12, query + 12, 8);
	ok(message_same_letters(query, reply), "a reply that keeps them");
	reply[5] = 0;
	reply[13] = 'x';
	ok(message_same_letters(query, reply), "without question there is nothing to keep");
}

static void test_answers(void)
{
	unsigned char query[MESSAGE_QUERY_MAX], reply[] = HEADER("\x00") QUESTION;
	size_t n = message_build(&txt_of_a, ID, false, query), len = sizeof(reply) - 1;

	ok(message_answers(query, n, reply, len), "the reply belongs to the query");
	reply[13] = 'A';
	reply[17] = 'S';
	ok(message_answers(query, n, reply, len), "the question may come back in another case");
	reply[13] = 'b';
	ok(!message_answers(query, n, reply, len), "not with another name");
	reply[13] = 'a';
	reply[len - 3] = 1;
	ok(!message_answers(query, n, reply, len), "not with another type");
	reply[len - 3] = 0x10;
	reply[1] ^= 1;
	ok(!message_answers(query, n, reply, len), "not with another id");
	reply[1] ^= 1;
	reply[2] ^= 0x80;
	ok(!message_answers(query, n, reply, len), "not if it is a query itself");
	reply[2] ^= 0x80;
	ok(!message_answers(query, n, reply, len - 1), "not if the question is cut");
	ok(!message_answers(query, n, reply, 11), "not if the header is cut");
	reply[5] = 0;
	ok(!message_answers(query, n, reply, 12), "a reply without question is none");
	reply[3] = RCODE_FORMERR;
	ok(message_answers(query, n, reply, 12), "unless it is FORMERR");
}

static void test_good(void)
{
	static const char reply[] = HEADER("\x03") QUESTION TXT_OF_A "\x00\x07"
								     "\x03"
								     "abc"
								     "\x02"
								     "de" TXT_OF_A "\x00\x04"
								     "\x03"
								     "x\0y" TXT_OF_A "\x00\x01"
								     "\x00";
	struct message m;

	if (!ok(message_parse(&m, OCTETS(reply)), "a reply with three TXT records"))
		return;
	ok(m.authoritative && !m.recursion_available && m.rcode == RCODE_NOERROR, "its header");
	ok(m.n == 3, "all three are there");
	ok(m.records[0].len == 5 && m.records[0].strings == 2 && m.records[0].ttl == 60 &&
		!memcmp(m.records[0].data, "abcde", 5),
	    "the strings of a record are joined");
	is_text(m.records[0].owner, "a.test", "the owner's name, by a compression pointer");
	ok(m.records[1].len == 3 && !memcmp(m.records[1].data, "x\0y", 3),
	    "a NUL in a string is kept");
	ok(m.records[2].len == 0 && m.records[2].strings == 1, "an empty string is a value");
	message_free(&m);
}

static void test_types(void)
{
	static const char reply[] =
	    HEADER("\x05") QUESTION "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x08"
				    "\x05"
				    "B.\\ \xff"
				    "\xc0\x0e"
				    "\xc0\x0e\x00\x02\x00\x01\x00\x00\x00\x00\x00\x05"
				    "\x02"
				    "NS"
				    "\xc0\x0e"
				    "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04"
				    "\x7f\x00\x00\x01"
				    "\xc0\x0c\x00\x63\x00\x01\x00\x00\x00\x00\x00\x02"
				    "??"
				    "\xc0\x0e\x00\x06\x00\x01\x00\x00\x00\x00\x00\x17"
				    "\xc0\x0e"
				    "\x00"
				    "\x00\x00\x00\x07"
				    "\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01";
	struct message m;

	if (!ok(message_parse(&m, OCTETS(reply)), "a reply with records of several types"))
		return;
	ok(m.n == 4, "a type that nobody asks for is skipped");
	is_text(m.records[0].target, "b\\046\\092\\032\\255.test", "CNAME: odd octets are escaped");
	is_text(m.records[1].target, "ns.test", "NS");
	ok(m.records[2].len == 4 && m.records[2].data[0] == 127, "A");
	ok(m.records[3].serial == 7 && m.records[3].minimum == 1, "SOA: its numbers");
	is_text(m.records[3].target, "test", "SOA: the primary");
	is_text(m.records[3].owner, "test", "SOA: the zone's name");
	message_free(&m);
}

/* The reply with an OPT record that has these options. */
#define WITH_OPT(rdata)                                                            \
	"\x12\x34\x84\x02\x00\x01\x00\x00\x00\x00\x00\x01" QUESTION "\x00\x00\x29" \
	"\x04\xd0\x00\x00\x00\x00" rdata

static void test_extended_errors(void)
{
	static const char expired[] = WITH_OPT("\x00\x11"
					       "\x00\x03\x00\x02??"
					       "\x00\x0f\x00\x07\x00\x07oh\x01no");
	static const char unknown[] = WITH_OPT("\x00\x06\x00\x0f\x00\x02\x03\xe8");
	struct message m;

	if (!ok(message_parse(&m, OCTETS(expired)), "a reply with an extended error"))
		return;
	ok(m.error.code == 7 && m.rcode == RCODE_SERVFAIL, "its code");
	is_text(m.error.text, "DNSSEC: Signature Expired: oh?no", "its text, made harmless");
	message_free(&m);
	if (ok(message_parse(&m, OCTETS(unknown)), "an extended error without a name")) {
		is_text(m.error.text, "extended error 1000", "it has a number");
		message_free(&m);
	}
	if (ok(message_parse(&m, OCTETS(WITH_OPT("\x00\x00"))), "an OPT without options")) {
		ok(m.error.code == -1 && !m.error.text, "it has no extended error");
		message_free(&m);
	}
	ok(!parses(OCTETS(WITH_OPT("\x00\x06\x00\x0f\x00\x03\x00\x07"))),
	    "an option that is longer than its record");
	ok(!parses(OCTETS(WITH_OPT("\x00\x03\x00\x0f\x00"))), "half an option");
}

static void test_bad(void)
{
	static const char good[] = HEADER("\x01") QUESTION TXT_OF_A "\x00\x04"
								    "\x03"
								    "abc";
	size_t len = sizeof(good) - 1, passed = 0;

	for (size_t n = 0; n < len; n++) {
		/* Each in memory of its own, for the sanitizer to see what is read beyond. */
		unsigned char *cut = xcalloc(1, n);

		memcpy(cut, good, n);
		passed += parses(cut, n);
		free(cut);
	}
	ok(parses((const unsigned char *)good, len), "a good reply");
	ok(!passed, "cut at each of its octets it is none");
	ok(!parses(OCTETS(HEADER("\x01") QUESTION TXT_OF_A "\x00\x04"
							   "\x03"
							   "abcd")),
	    "an octet too many");
	ok(!parses(OCTETS(HEADER("\x02") QUESTION TXT_OF_A "\x00\x04"
							   "\x03"
							   "abc")),
	    "a record too few");
	ok(!parses(OCTETS(HEADER("\x01") QUESTION TXT_OF_A "\x00\x04"
							   "\x04"
							   "abc")),
	    "a string that is longer than its record");
	ok(!parses(OCTETS(HEADER("\x01") QUESTION TXT_OF_A "\x00\x00")), "TXT without a string");
	ok(!parses(OCTETS(
	       HEADER("\x01") QUESTION "\xc0\x17\x00\x10\x00\x01\x00\x00\x00\x00\x00\x01\x00")),
	    "a compression pointer to itself");
	ok(!parses(OCTETS(HEADER("\x01") QUESTION
	       "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x04\x01x\xc0\x23")),
	    "a compression loop in the data");
	ok(!parses(OCTETS(HEADER("\x01") QUESTION
	       "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x03\x7f\x00\x00")),
	    "an address that is too short");
	ok(!parses(OCTETS(HEADER("\x01") QUESTION
	       "\xc0\x0c\x00\x02\x00\x01\x00\x00\x00\x00\x00\x03\xc0\x0c\x00")),
	    "a name with something after it");
}

/* Each octet of a good reply changed, to each other value: nothing worse than a refusal happens. */
static void test_changed(void)
{
	static const char good[] = HEADER("\x01") QUESTION TXT_OF_A "\x00\x04"
								    "\x03"
								    "abc";
	size_t len = sizeof(good) - 1, passed = 0;
	unsigned char *changed = xcalloc(1, len);

	for (size_t i = 0; i < len; i++) {
		for (int c = 0; c < 256; c++) {
			memcpy(changed, good, len);
			changed[i] = (unsigned char)c;
			passed += parses(changed, len);
		}
	}
	free(changed);
	ok(passed > 0 && passed < len * 256, "replies with an octet changed, some of them good");
}

static void test_denial(void)
{
	static const char reply[] = "\x12\x34\x84\x23\x00\x01\x00\x01\x00\x01\x00\x00" QUESTION
				    "\xc0\x0e\x00\x27\x00\x01\x00\x00\x00\x00\x00\x05"
				    "\x03"
				    "new\x00"
				    "\xc0\x0c\x00\x2f\x00\x01\x00\x00\x00\x00\x00\x03"
				    "\xc0\x0c"
				    "?";
	struct message m;

	if (!ok(message_parse(&m, OCTETS(reply)), "a reply with DNAME and NSEC"))
		return;
	ok(m.authentic && m.rcode == RCODE_NXDOMAIN, "AD");
	is_text(m.records[0].target, "new", "DNAME");
	ok(m.n == 2 && m.records[1].type == TYPE_NSEC && m.records[1].section == SECTION_AUTHORITY,
	    "NSEC is there");
	message_free(&m);
}

static void test_names(void)
{
	char *name = name_canonical("WWW.Example.TEST."), rcode[16];

	is_text(name, "www.example.test", "a name in its canonical form");
	free(name);
	name = name_canonical("");
	is_text(name, ".", "the root in its canonical form");
	free(name);
	is_text(name_parent("a.b"), "b", "the parent of a name");
	is_text(name_parent("b"), ".", "the parent of a top-level domain");
	is_text(name_parent("."), NULL, "the root has no parent");
	ok(name_within("a.b", "b") && name_within("a.b", "a.b") && name_within("a", "."),
	    "names within a zone");
	ok(!name_within("xb", "b") && !name_within("b", "a.b"), "names outside a zone");
	rcode_name(RCODE_NXDOMAIN, rcode);
	is_text(rcode, "NXDOMAIN", "a response code by name");
	rcode_name(4095, rcode);
	is_text(rcode, "RCODE4095", "a response code without name");
}

int main(void)
{
	test_build();
	test_letters();
	test_answers();
	test_good();
	test_types();
	test_extended_errors();
	test_bad();
	test_changed();
	test_denial();
	test_names();
	return done();
}
