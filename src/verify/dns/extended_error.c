/* SPDX-License-Identifier: MIT */
/* Extended DNS errors. */
#include "config.h"

#include "verify/dns/extended_error.h"

#include <stdio.h>

#include "buf.h"

#define OPTION_EDE 15
#define TEXT_MAX 200

/* RFC 8914 section 5.2. What is about DNSSEC begins so, as in the sentences of the CA. */
static const char *const names[] = {
    [0] = "Other",
    [1] = "DNSSEC: Unsupported DNSKEY Algorithm",
    [2] = "DNSSEC: Unsupported DS Digest Type",
    [3] = "Stale Answer",
    [4] = "Forged Answer",
    [5] = "DNSSEC: Indeterminate",
    [6] = "DNSSEC: Bogus",
    [7] = "DNSSEC: Signature Expired",
    [8] = "DNSSEC: Signature Not Yet Valid",
    [9] = "DNSSEC: DNSKEY Missing",
    [10] = "DNSSEC: RRSIGs Missing",
    [11] = "DNSSEC: No Zone Key Bit Set",
    [12] = "DNSSEC: NSEC Missing",
    [13] = "Cached Error",
    [14] = "Not Ready",
    [15] = "Blocked",
    [16] = "Censored",
    [17] = "Filtered",
    [18] = "Prohibited",
    [19] = "Stale NXDOMAIN Answer",
    [20] = "Not Authoritative",
    [21] = "Not Supported",
    [22] = "No Reachable Authority",
    [23] = "Network Error",
    [24] = "Invalid Data",
};

/* Only plain ASCII of the text is kept: it may be anything, and ends up in a sentence. */
static void take(struct extended_error *e, int code, const unsigned char *text, size_t len)
{
	struct buf b = BUF_INIT(64 + TEXT_MAX);

	e->code = code;
	if ((size_t)code < nitems(names))
		buf_puts(&b, names[code]);
	else
		buf_printf(&b, "extended error %d", code);
	for (size_t i = 0; i < len && i < TEXT_MAX; i++) {
		char c = text[i] >= ' ' && text[i] <= '~' ? (char)text[i] : '?';

		if (i == 0)
			buf_puts(&b, ": ");
		if (text[i])
			buf_add(&b, &c, 1);
	}
	e->text = b.data;
}

bool extended_error_read(struct extended_error *e, const unsigned char *options, size_t len)
{
	while (len >= 4) {
		int option = options[0] << 8 | options[1];
		size_t n = (size_t)(options[2] << 8 | options[3]);

		if (n > len - 4)
			return false;
		if (option == OPTION_EDE && n >= 2 && e->code < 0)
			take(e, options[4] << 8 | options[5], options + 6, n - 2);
		options += 4 + n;
		len -= 4 + n;
	}
	return len == 0;
}
