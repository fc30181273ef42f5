/* SPDX-License-Identifier: MIT */
/* Alerts of TLS (RFC 8446 section 6), as Go's crypto/tls, which Boulder is built with, names them.
 */
#include "config.h"

#include "verify/tls_alert.h"

#include <stdio.h>

#include "buf.h"

const char *tls_alert_text(int alert)
{
	static const char *const names[] = {
	    [10] = "unexpected message",
	    [20] = "bad record MAC",
	    [40] = "handshake failure",
	    [42] = "bad certificate",
	    [43] = "unsupported certificate",
	    [46] = "unknown certificate",
	    [47] = "illegal parameter",
	    [48] = "unknown certificate authority",
	    [49] = "access denied",
	    [50] = "error decoding message",
	    [51] = "error decrypting message",
	    [TLS_ALERT_PROTOCOL_VERSION] = "protocol version not supported",
	    [71] = "insufficient security level",
	    [80] = "internal error",
	    [86] = "inappropriate fallback",
	    [90] = "user canceled",
	    [109] = "missing extension",
	    [110] = "unsupported extension",
	    [112] = "unrecognized name",
	    [116] = "certificate required",
	    [TLS_ALERT_NO_APPLICATION_PROTOCOL] = "no application protocol",
	};
	static char other[24];

	if (alert >= 0 && (size_t)alert < nitems(names) && names[alert])
		return names[alert];
	snprintf(other, sizeof(other), "alert(%d)", alert);
	return other;
}
