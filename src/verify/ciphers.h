/* SPDX-License-Identifier: MIT */
#ifndef ACMEHOOK_CIPHERS_H
#define ACMEHOOK_CIPHERS_H

/*
 * What the CA offers in TLS 1.2, that is what Go offers since its version 1.23: nothing without a
 * key of its own for each connection, and DHE is not among it. Of TLS 1.3 it offers all. The sizes
 * of keys it does not mind.
 */
#define TLS_CIPHERS                                                  \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:" \
	"ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:"               \
	"ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:@SECLEVEL=0"

#endif
