/* SPDX-License-Identifier: MIT */
/* Names, tokens, key authorizations, digests. */
#include "config.h"

#include <stdlib.h>

#include "buf.h"
#include "dns/reverse.h"
#include "identifier.h"
#include "tap.h"

/* RFC 8555's example account; boulder and others use the same pair in their tests. */
#define KEY_AUTH \
	"LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define DIGEST "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo"
#define L63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static void test_names(void)
{
	static const char *const good[] = {"example.test", "a", "xn--bcher-kva.example",
	    "1.2.3.4.in-addr.arpa", "_acme.example.test", "EXAMPLE.Test", L63 ".test",
	    L63 "." L63 "." L63 "."
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi"};
	static const char *const bad[] = {"", ".", "a..b", ".a", "a.", "-a.test", "a-.test",
	    "a b.test", "a/b.test",
	    "b\xc3\xbc"
	    "cher.test",
	    "a;b", "$(x).test", "*.example.test", "a\n.test", L63 "x.test",
	    L63 "." L63 "." L63 "." L63};

	for (size_t i = 0; i < nitems(good); i++)
		ok(!identifier_dns_fault(good[i], false), "a name: %.30s", good[i]);
	for (size_t i = 0; i < nitems(bad); i++)
		ok(identifier_dns_fault(bad[i], false) != NULL, "not a name: %zu", i);
	ok(!identifier_dns_fault("*.example.test", true), "a wildcard where one may stand");
	ok(identifier_dns_fault("*.*.example.test", true) != NULL, "but one only");
	ok(identifier_dns_fault("a.*.example.test", true) != NULL, "and only in front");
	ok(identifier_is_ip("192.0.2.1") && identifier_is_ip("2001:db8::1"), "addresses");
	ok(!identifier_is_ip("192.0.2") && !identifier_is_ip("[::1]") &&
		!identifier_is_ip("a.test"),
	    "no addresses");
}

static void test_tokens(void)
{
	char longest[130];

	memset(longest, 'x', 129);
	longest[129] = '\0';
	ok(token_fault(longest) != NULL, "a token of 129 characters is too long");
	longest[128] = '\0';
	ok(!token_fault(longest), "one of 128 is not");
	ok(!token_fault("-_aZ9"), "a token may begin with '-'");
	ok(token_fault("") && token_fault("a/b") && token_fault("a.b") && token_fault("a=") &&
		token_fault("..") && token_fault("a b"),
	    "what is no base64url is no token");
	ok(!key_authorization_fault(KEY_AUTH), "a key authorization");
	ok(key_authorization_fault("abc") && key_authorization_fault(".abc") &&
		key_authorization_fault("abc.") && key_authorization_fault("a.b.c") &&
		key_authorization_fault("a.b c"),
	    "not one");
}

static void test_digest(void)
{
	unsigned char octets[DIGEST_SIZE];
	char text[DIGEST_TEXT + 1];

	digest_text(KEY_AUTH, text);
	is_text(text, DIGEST, "the digest of a key authorization");
	ok(digest_decode(DIGEST, octets), "it can be decoded");
	ok(octets[0] == 0x2c && octets[1] == 0xfb && octets[31] == 0x9a, "into its octets");
	digest_encode(octets, text);
	is_text(text, DIGEST, "and encoded again");
	ok(!digest_decode("LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZ", octets), "too short");
	ok(!digest_decode(DIGEST "=", octets), "no padding");
	ok(!digest_decode("LPsIwTo7o8BoG0+vjCyGQGBWSVIPxI-i_X336eUOQZo", octets), "no base64");
	ok(!digest_decode("LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZp", octets),
	    "no bits behind the last octet");
}

#define HEX                                                     \
	"2c:fb:08:c1:3a:3b:a3:c0:68:1b:4f:af:8c:2c:86:40:60:56" \
	":49:52:0f:c4:8f:a2:fd:7d:f7:e9:e5:0e:41"

static void test_hex_digest(void)
{
	unsigned char octets[DIGEST_SIZE];
	char text[DIGEST_TEXT + 1];

	ok(digest_decode_hex(HEX ":9A", octets), "a digest in hexadecimal");
	digest_encode(octets, text);
	is_text(text, DIGEST, "is the same digest");
	ok(!digest_decode_hex(HEX, octets) && !digest_decode_hex(HEX ":9a:", octets) &&
		!digest_decode_hex(HEX ":9a:00", octets) && !digest_decode_hex(HEX ":9", octets) &&
		!digest_decode_hex(HEX ":9g", octets) && !digest_decode_hex(HEX " 9a", octets) &&
		!digest_decode_hex("", octets) && !digest_decode_hex(DIGEST, octets),
	    "what is shorter, longer or something else is none");
}

#define ZEROS "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."

static void test_reverse_names(void)
{
	static const char *const pairs[][2] = {
	    {"192.0.2.1", "1.2.0.192.in-addr.arpa"},
	    {"255.10.0.0", "0.0.10.255.in-addr.arpa"},
	    {"2001:db8::a", "a." ZEROS "8.b.d.0.1.0.0.2.ip6.arpa"},
	};
	static const char *const others[] = {"", "example.test", "in-addr.arpa",
	    "2.0.192.in-addr.arpa", "1.2.0.256.in-addr.arpa", "01.2.0.192.in-addr.arpa",
	    "1.2.0.192.in-addr.arpa.test", "+1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arps",
	    "A." ZEROS "8.b.d.0.1.0.0.2.ip6.arpa", "g." ZEROS "8.b.d.0.1.0.0.2.ip6.arpa",
	    ZEROS "8.b.d.0.1.0.0.2.ip6.arpa"};
	char text[ADDRESS_TEXT];
	union address a;

	for (size_t i = 0; i < nitems(pairs); i++) {
		char *name = address_parse(&a, pairs[i][0], 0) ? reverse_name(&a) : NULL;

		is_text(name, pairs[i][1], "the reverse name of an address");
		free(name);
		ok(reverse_address(&a, pairs[i][1]), "it is read");
		address_print(&a, 0, text);
		is_text(text, pairs[i][0], "and the same address");
	}
	for (size_t i = 0; i < nitems(others); i++)
		ok(!reverse_address(&a, others[i]), "the name of no address: \"%s\"", others[i]);
}

static void test_account(void)
{
	char label[ACCOUNT_LABEL + 1];

	/* The vector of the draft, and of Boulder. */
	account_label("https://example.com/acme/acct/ExampleAccount", label);
	is_text(label, "_ujmmovf2vn55tgye", "the label of an account");
}

int main(void)
{
	test_account();
	test_names();
	test_tokens();
	test_digest();
	test_hex_digest();
	test_reverse_names();
	return done();
}
