/* SPDX-License-Identifier: MIT */
/* The numbers of DNS messages (RFC 1035 section 4, RFC 6891). */
#ifndef ACMEHOOK_DNS_PROTOCOL_H
#define ACMEHOOK_DNS_PROTOCOL_H

#define DNS_PORT 53

/* The octets before the question. */
#define HEADER_SIZE 12
/* Octets 2 and 3 of the header. */
#define QR 0x80
#define OPCODE 0x78
#define AA 0x04
#define TC 0x02
#define RD 0x01
#define RA 0x80
#define AD 0x20
#define CD 0x10
#define RCODE 0x0f
/* Octet 7 of the OPT record. */
#define DO 0x80

enum record_type {
	TYPE_A = 1,
	TYPE_NS = 2,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_TXT = 16,
	TYPE_AAAA = 28,
	TYPE_DNAME = 39,
	TYPE_OPT = 41,
	TYPE_NSEC = 47,
	TYPE_NSEC3 = 50,
	TYPE_CAA = 257,
};

/* Response codes (RFC 1035 section 4.1.1); others occur as numbers. */
enum rcode {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_NOTAUTH = 9,
	RCODE_BADVERS = 16,
};

/* The size of datagrams that are safe everywhere (the "DNS flag day 2020" value). */
#define EDNS_SIZE 1232

#endif
