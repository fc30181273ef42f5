/* SPDX-License-Identifier: MIT */
/* The cases of tls-alpn-01. What the CA says is in the words of Boulder. */
#include "config.h"

#include "verify/catalogue.h"

#include <stddef.h>

/* How Boulder's sentence about a certificate begins. */
#define INCORRECT                                                                         \
	"Incorrect validation certificate for tls-alpn-01 challenge. Requested {domain} " \
	"from {servers}. Received certificate "
#define NO_PROTOCOL "Cannot negotiate ALPN protocol \"acme-tls/1\" for tls-alpn-01 challenge"

const struct catalogue_entry catalogue_tls[CASE__MAX] = {
    [CASE_TLS_WAITING] =
	{
	    .verdict = VERDICT_RETRY,
	    .blind = true,
	    .reason = "no handshake yet[ with {address}]",
	},
    [CASE_TLS_REFUSED] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = "{address}: Connection refused",
	    .reason = "connection refused by {address}",
	    .hint = "does a server run there, on port 443?",
	},
    [CASE_TLS_TIMEOUT] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = "{address}: Timeout during connect (likely firewall problem)",
	    .reason = "{address} does not answer to attempts to connect",
	    .hint = "probably a firewall; port 443 must be open to everybody",
	},
    [CASE_TLS_STUCK] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = "{address}: Timeout during read (your server may be slow or overloaded)",
	    .reason = "{address} accepts the connection, but does not answer",
	},
    [CASE_TLS_RESET] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = "{address}: Connection reset by peer",
	    .reason = "{address} broke the connection[: {detail}]",
	},
    [CASE_TLS_NOT] =
	{
	    .verdict = VERDICT_FAIL,
	    .ca_type = "malformed",
	    .ca = "{address}: Server only speaks HTTP, not TLS",
	    .reason = "{address} speaks plain HTTP where TLS should be",
	    .hint = "port 443 must speak TLS: check the server's configuration and port forwarding",
	},
    [CASE_TLS_ALERT] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "tls",
	    .ca = "{address}: {detail}",
	    .reason = "{address} refuses the handshake: {detail}",
	    .hint = "does the server know the name, and the protocol acme-tls/1?",
	},
    [CASE_TLS_BROKEN] =
	{
	    .verdict = VERDICT_RETRY,
	    .ca_type = "connection",
	    .ca = "{address}: Error getting validation data",
	    .reason = "the handshake with {address} fails[: {detail}]",
	},
    [CASE_TLS_GOOD] =
	{
	    .verdict = VERDICT_PASS,
	    .reason = "{have} of {total} addresses present it",
	},
    [CASE_TLS_MIXED] =
	{
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} addresses present it; but: {detail}",
	    .hint = "the CA may choose any of the addresses: each must present the certificate",
	},
    [CASE_TLS_ABSENT] =
	{
	    .verdict = VERDICT_PASS,
	    .reason = "no address presents it any more",
	},
    [CASE_T08] =
	{
	    .id = "T08",
	    .verdict = VERDICT_RETRY,
	    .reason = "{have} of {total} addresses still present it",
	},
    [CASE_T01] =
	{
	    .id = "T01",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = NO_PROTOCOL,
	    .reason = "{address} does not choose the protocol acme-tls/1",
	    .hint = "the server must answer the ALPN protocol acme-tls/1 with the challenge's "
		    "certificate; something else, or a proxy, has port 443",
	},
    [CASE_T02] =
	{
	    .id = "T02",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT "which is not self-signed.",
	    .reason = "{address} presents a certificate that is not self-signed: {detail}",
	    .hint = "that looks like the one of the site; acme-tls/1 needs the challenge's own",
	},
    [CASE_T03] =
	{
	    .id = "T03",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT "{detail}",
	    .reason = "{address} presents a certificate {detail}",
	    .hint = "it needs acmeIdentifier (RFC 8737 section 3), once, critical, with the digest "
		    "of the key authorization",
	},
    [CASE_T03_VALUE] =
	{
	    .id = "T03",
	    .verdict = VERDICT_RETRY,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT "{detail}",
	    .reason = "{address} presents the certificate of another challenge: {detail}",
	    .hint = "did the server load the new certificate?",
	},
    [CASE_T04] =
	{
	    .id = "T04",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = INCORRECT "{detail}",
	    .reason = "{address} presents a certificate {detail}",
	    .hint =
		"the certificate must have the identifier in lower case as its only subjectAltName",
	},
    [CASE_T05] =
	{
	    .id = "T05",
	    .verdict = VERDICT_FAIL,
	    .ca_type = "unauthorized",
	    .ca = NO_PROTOCOL,
	    .reason = "something in front of the server answers at {address}: {detail}",
	    .hint = "a CDN or load balancer that ends TLS cannot pass tls-alpn-01 on: use dns-01 "
		    "or http-01",
	},
    [CASE_T06] =
	{
	    .id = "T06",
	    .verdict = VERDICT_WARN,
	    .reason = "{have} of {total} addresses present it; but IPv6: {detail}",
	    .hint = "the CA will fall back to IPv4; repair IPv6 or remove the AAAA record",
	},
    [CASE_T07] =
	{
	    .id = "T07",
	    .verdict = VERDICT_FAIL,
	    .reason = "{have} of {total} addresses present it; IPv6 leads elsewhere: {detail}",
	    .hint = "the CA tries IPv6 first: the AAAA record must lead to the same server",
	},
};
