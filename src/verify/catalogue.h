/* SPDX-License-Identifier: MIT */
/* The catalogue of cases: what a check can come to, and what is said about it. */
#ifndef ACMEHOOK_CATALOGUE_H
#define ACMEHOOK_CATALOGUE_H

#include <stdbool.h>

#include "verdict.h"

/* Cases without a number are about us, not about what the CA would meet. */
enum case_id {
	CASE_DNS_WAITING,    /* nothing is known yet: still asking */
	CASE_DNS_NO_SERVERS, /* the name servers cannot be found from here */
	CASE_DNS_ABSENT,     /* asked whether it is gone: it is */
	CASE_D63,	     /* asked whether it is gone: no server has lost it */
	CASE_D64,	     /* the same: some servers have */
	CASE_ALIAS,	     /* asked where a CNAME leads: there */
	CASE_ALIAS_NONE,     /* the same: there is none */
	CASE_ALIAS_UNKNOWN,  /* the same: nobody tells */
	CASE_D01,	     /* all servers have it */
	CASE_D02,	     /* NXDOMAIN */
	CASE_D03,	     /* no TXT record */
	CASE_D04,	     /* other values only */
	CASE_D05,	     /* other values too */
	CASE_D05_MANY,	     /* among very many others */
	CASE_D06,	     /* the value in several strings of one record */
	CASE_D07,	     /* the value in several records */
	CASE_D08,	     /* quotes are part of the value */
	CASE_D09,	     /* blanks are part of the value */
	CASE_D10,	     /* base64 instead of base64url */
	CASE_D11,	     /* the case was changed */
	CASE_D12,	     /* the key authorization instead of its digest */
	CASE_D13,	     /* hexadecimal, raw octets, or encoded twice */
	CASE_D14,	     /* at a name with the zone twice */
	CASE_D15,	     /* at the identifier itself */
	CASE_D16,	     /* at a name with the '*' of a wildcard */
	CASE_D17,	     /* one of several values only */
	CASE_D18,	     /* at the target of a CNAME */
	CASE_D19,	     /* at the CNAME instead of at its target */
	CASE_D20,	     /* the CNAME of a wildcard */
	CASE_D21,	     /* the values of a wildcard */
	CASE_D22,	     /* the target of the CNAME does not exist */
	CASE_D23,	     /* CNAME loop */
	CASE_D24,	     /* CNAME chain too long */
	CASE_D24_LONG,	     /* CNAME chain that older resolvers do not follow */
	CASE_D25,	     /* through a DNAME */
	CASE_D27,	     /* a CNAME and something else at the same name */
	CASE_D27_GOOD,	     /* the same, and either has it */
	CASE_D28,	     /* some servers have it, some do not */
	CASE_D29,	     /* the same, and the serials of the latter do not move */
	CASE_D30,	     /* a server is silent, the others have it */
	CASE_D31,	     /* all servers are silent */
	CASE_D32,	     /* a server is lame, the others have it */
	CASE_D33,	     /* all servers are lame */
	CASE_D33_LOST,	     /* the zone has no servers that anybody could find */
	CASE_D34,	     /* servers that answer by IPv4 only */
	CASE_D35,	     /* servers that only IPv6 reaches, and we have none */
	CASE_D35_ALL,	     /* the same, and there are no others */
	CASE_D36,	     /* only the hidden primary has it */
	CASE_D37,	     /* the zone above names other servers, all have it */
	CASE_D37_STALE,	     /* the same, and these do not have it */
	CASE_D38,	     /* a name server has no address, the others have it */
	CASE_D39,	     /* a server at a private address, the others have it */
	CASE_D39_ALL,	     /* a zone that only such servers answer for */
	CASE_D40,	     /* DNSSEC: bogus */
	CASE_D41,	     /* DNSSEC: signatures of the future */
	CASE_D42,	     /* a server denies it, signed */
	CASE_D44,	     /* truncated by UDP, and no way by TCP */
	CASE_D45,	     /* answers without EDNS only */
	CASE_D47,	     /* the case of letters matters */
	CASE_D49,	     /* unreadable answers */
	CASE_D50,	     /* TXT is not understood */
	CASE_D52,	     /* a resolver remembers that it was not there */
	CASE_D53,	     /* a resolver remembers another value */
	CASE_D54,	     /* the resolvers have a view of their own */
	CASE_D55,	     /* the domain does not exist */
	CASE_D58,	     /* the name above is denied */
	CASE_D61,	     /* a very long TTL */
	CASE_D62,	     /* the servers have it, but the resolvers cannot tell */
	CASE_HTTP_WAITING,   /* no response yet */
	CASE_HTTP_NO_DNS,    /* no resolver tells whether there are addresses */
	CASE_HTTP_NO_ROUTE,  /* there is no way from here to any of the addresses */
	CASE_HTTP_STATUS,    /* a status that the catalogue has no case for */
	CASE_HTTP_ABSENT,    /* asked whether it is gone: it is */
	CASE_H63,	     /* asked whether it is gone: it is not */
	CASE_H01,	     /* exactly the key authorization */
	CASE_H02,	     /* blanks after it */
	CASE_H02_DOUBT,	     /* blanks after it that not every CA takes */
	CASE_H02_REFUSED,    /* blanks after it that this CA does not take */
	CASE_H03,	     /* 128 octets or more */
	CASE_H04,	     /* something before or around it */
	CASE_H05,	     /* an HTML page */
	CASE_H06,	     /* in UTF-16 */
	CASE_H07,	     /* nearly it: token only, another thumbprint, the digest */
	CASE_H08,	     /* 404 */
	CASE_H09,	     /* 401, 403 and the like */
	CASE_H10,	     /* 429, 5xx */
	CASE_H11,	     /* 2xx but not 200 */
	CASE_H12,	     /* behind redirects */
	CASE_H13,	     /* too many redirects */
	CASE_H13_MANY,	     /* nearly so */
	CASE_H14,	     /* 303 */
	CASE_H15,	     /* other 3xx, or no Location */
	CASE_H16,	     /* redirects in a circle */
	CASE_H18,	     /* only old versions of TLS */
	CASE_H19,	     /* TLS is refused */
	CASE_H19_BROKEN,     /* TLS fails otherwise */
	CASE_H20,	     /* redirect to another port */
	CASE_H21,	     /* redirect to another scheme */
	CASE_H22,	     /* redirect to a host that is none */
	CASE_H24,	     /* redirect to a private address */
	CASE_H24_SCOPE,	     /* redirect to an address with a zone */
	CASE_H25,	     /* redirect to a name that is not public */
	CASE_H25_EMPTY,	     /* redirect to no host */
	CASE_H26,	     /* redirect to a very long path */
	CASE_H27,	     /* the host of the redirect has no address */
	CASE_H28,	     /* IPv6 refuses behind a redirect, and there is IPv4 */
	CASE_H28_FELL_BACK,  /* the same, and the CA goes on with that */
	CASE_H29,	     /* no address */
	CASE_H29_MISSING,    /* the name does not exist */
	CASE_H30,	     /* private addresses only */
	CASE_H31,	     /* private addresses, too */
	CASE_H32,	     /* one address family could not be looked up */
	CASE_H33,	     /* the addresses do not validate */
	CASE_H33_MUTE,	     /* the resolvers say that nobody answers for the name */
	CASE_H34,	     /* connection refused */
	CASE_H35,	     /* no answer to the connection attempt */
	CASE_H36,	     /* IPv6 refuses, IPv4 has it */
	CASE_H36_NEVER,	     /* the same, and this CA does not fall back */
	CASE_H37,	     /* IPv6 does not answer, IPv4 has it */
	CASE_H38,	     /* IPv6 serves something else than IPv4 */
	CASE_H39,	     /* one of several addresses serves something else */
	CASE_H40,	     /* other content */
	CASE_H40_ROUTER,     /* of a router */
	CASE_H42,	     /* HTTP/2 without TLS */
	CASE_H43,	     /* HTTP/2 only */
	CASE_H44,	     /* TLS where HTTP should be */
	CASE_H45,	     /* HTTP where TLS should be */
	CASE_H46,	     /* no HTTP response */
	CASE_H47,	     /* connected, and no response in time */
	CASE_H47_SLOW,	     /* nearly so */
	CASE_H48,	     /* a response without end */
	CASE_H49,	     /* a response that is far too long */
	CASE_H50,	     /* a response that is shorter than it says */
	CASE_H52,	     /* encoded as was not asked for */
	CASE_H54,	     /* something that keeps machines out */
	CASE_H55,	     /* 404 from a cache */
	CASE_H57,	     /* not to be seen from here */
	CASE_H59,	     /* some requests are answered otherwise */
	CASE_H60,	     /* gone again */
	CASE_HTTP_RESET,     /* the connection was torn down */
	CASE_A01,	     /* dns-account-01: where the record of dns-01 would be */
	CASE_P01,	     /* dns-persist-01: malformed */
	CASE_P02,	     /* dns-persist-01: other account, no wildcard, or expired */
	CASE_PERSIST_NONE,   /* dns-persist-01: no record; the CA's words only */
	CASE_PERSIST_OTHER,  /* dns-persist-01: none of ours; the CA's words only */
	CASE_CAA_WAITING,    /* nobody has answered yet */
	CASE_CAA_BLIND,	     /* nobody can be asked from here */
	CASE_C01,	     /* no CAA records */
	CASE_C01_ALLOWED,    /* CAA records that allow it */
	CASE_C02,	     /* other CAs only */
	CASE_C03,	     /* the same, for wildcards */
	CASE_C04,	     /* not after this type of challenge */
	CASE_C05,	     /* not for this account */
	CASE_C05_UNKNOWN,    /* for certain accounts, and ours is not known */
	CASE_C06,	     /* a record for the CA that it cannot read */
	CASE_C07,	     /* no server answers */
	CASE_C07_BOGUS,	     /* a resolver rejects the signatures */
	CASE_C08,	     /* critical, and not known */
	CASE_C09,	     /* forbidden at the target of a CNAME */
	CASE_TLS_WAITING,    /* tls-alpn-01: no handshake yet */
	CASE_TLS_REFUSED,    /* connection refused */
	CASE_TLS_TIMEOUT,    /* no answer to the connection attempt */
	CASE_TLS_STUCK,	     /* connected, and no handshake in time */
	CASE_TLS_RESET,	     /* the connection was torn down */
	CASE_TLS_NOT,	     /* HTTP where TLS should be */
	CASE_TLS_ALERT,	     /* the server refuses */
	CASE_TLS_BROKEN,     /* the handshake fails otherwise */
	CASE_TLS_GOOD,	     /* the certificate is there */
	CASE_TLS_MIXED,	     /* an address does not serve it, others do */
	CASE_TLS_ABSENT,     /* asked whether it is gone: it is */
	CASE_T08,	     /* asked whether it is gone: it is not */
	CASE_T01,	     /* another protocol than acme-tls/1, or none */
	CASE_T02,	     /* not self-signed */
	CASE_T03,	     /* acmeIdentifier is wrong */
	CASE_T03_VALUE,	     /* that of another challenge */
	CASE_T04,	     /* other names than the identifier */
	CASE_T05,	     /* the certificate of somebody in front */
	CASE_T06,	     /* no handshake by IPv6, IPv4 has it */
	CASE_T07,	     /* another certificate by IPv6, IPv4 has it */
	CASE__MAX
};

/* What the sentences of the catalogue speak of. */
enum fact {
	FACT_NAME,	/* the name that is asked for; http-01: the identifier */
	FACT_DOMAIN,	/* the identifier */
	FACT_TARGET,	/* where a CNAME or a redirect leads */
	FACT_HAVE,	/* how many servers have it ... */
	FACT_TOTAL,	/* ... of how many */
	FACT_ANSWER,	/* how many of these answer */
	FACT_SERVERS,	/* the servers at fault, with their addresses */
	FACT_FOUND,	/* what was found instead, as the CA would quote it */
	FACT_MORE,	/* how many more such there are */
	FACT_EXPECTED,	/* what should be there */
	FACT_DETAIL,	/* the rest of a sentence */
	FACT_ADDRESS,	/* the address that was fetched from */
	FACT_URL,	/* the URL that was fetched last */
	FACT_LIMIT,	/* as many as the CA allows */
	FACT_SECONDS,	/* a time */
	FACT_STATUS,	/* its HTTP status */
	FACT_ACCOUNT,	/* dns-account-01: the URI of the account */
	FACT_CHALLENGE, /* dns-persist-01: its type, as the CA writes it */
	FACT_ISSUER,	/* dns-persist-01: the CA's name */
	FACT_PAGE,	/* what tells which server, and which of its sites, that was */
	FACT__MAX
};

/* How the sentences of the CA about a lookup begin for dns-persist-01. */
#define RETRIEVING "[Retrieving TXT records for {challenge} challenge: ]"

/*
 * In the sentences {fact} stands for a fact of the outcome; what is in brackets is left out when a
 * fact in it is not there.
 */
struct catalogue_entry {
	const char *id; /* NULL: a case without a number */
	enum verdict verdict;
	bool blind;	     /* we could not look: the final verdict is UNKNOWN, not RETRY */
	const char *ca_type; /* the ACME error type (RFC 8555 section 6.7), NULL if none */
	const char *ca;	     /* in the words of Boulder, the software of Let's Encrypt */
	const char *reason;
	const char *hint; /* NULL if there is nothing that would help */
};

/* Parts of the catalogue; the cases that a part does not have are all zero in it. */
extern const struct catalogue_entry catalogue_dns[CASE__MAX], catalogue_dns_servers[CASE__MAX],
    catalogue_http[CASE__MAX], catalogue_redirects[CASE__MAX], catalogue_tls[CASE__MAX],
    catalogue_caa[CASE__MAX];

const struct catalogue_entry *catalogue_entry(enum case_id id);

#endif
