/* SPDX-License-Identifier: MIT */
/* Alerts of TLS, in the words of the CA. */
#ifndef ACMEHOOK_TLS_ALERT_H
#define ACMEHOOK_TLS_ALERT_H

/* Of those that are named in the code (RFC 8446 section 6.2). */
enum tls_alert {
	TLS_ALERT_PROTOCOL_VERSION = 70,
	TLS_ALERT_NO_APPLICATION_PROTOCOL = 120,
};

/* "handshake failure", or "alert(99)"; valid until the next call. */
const char *tls_alert_text(int alert);

#endif
