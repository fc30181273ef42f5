/* SPDX-License-Identifier: MIT */
/* What a case means: the sentences of the catalogue with the facts of an outcome in them. */
#include "config.h"

#include "verify/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "jsontext.h"

static const char *const fact_names[] = {
    [FACT_NAME] = "name",
    [FACT_DOMAIN] = "domain",
    [FACT_TARGET] = "target",
    [FACT_HAVE] = "have",
    [FACT_TOTAL] = "total",
    [FACT_ANSWER] = "answer",
    [FACT_SERVERS] = "servers",
    [FACT_FOUND] = "found",
    [FACT_MORE] = "more",
    [FACT_EXPECTED] = "expected",
    [FACT_DETAIL] = "detail",
    [FACT_ADDRESS] = "address",
    [FACT_URL] = "url",
    [FACT_LIMIT] = "limit",
    [FACT_SECONDS] = "seconds",
    [FACT_STATUS] = "status",
    [FACT_ACCOUNT] = "account",
    [FACT_CHALLENGE] = "challenge",
    [FACT_ISSUER] = "issuer",
    [FACT_PAGE] = "page",
};
_Static_assert(nitems(fact_names) == FACT__MAX, "a fact without name");

/* Longer than any fact that is of use. */
#define FACT_MAX 1024
/* Longer than any sentence with all its facts. */
#define SENTENCE_MAX 8192

void outcome_init(struct outcome *o, enum case_id id)
{
	*o = (struct outcome){.id = id, .ca = id, .verdict = catalogue_entry(id)->verdict};
}

void outcome_fact(struct outcome *o, enum fact fact, const char *format, ...)
{
	char text[FACT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	outcome_text(o, fact, text);
}

void outcome_text(struct outcome *o, enum fact fact, const char *text)
{
	char *old = o->facts[fact];

	o->facts[fact] = xstrndup(text, FACT_MAX - 1);
	free(old);
}

void outcome_number(struct outcome *o, enum fact fact, size_t n)
{
	o->numbers[fact].set = true;
	o->numbers[fact].n = n;
}

void outcome_fact_add(struct outcome *o, enum fact fact, const char *text)
{
	char *old = o->facts[fact];

	if (old && strlen(old) > 512) {
		if (strcmp(old + strlen(old) - 3, "..."))
			o->facts[fact] = xasprintf("%s ...", old);
		else
			return;
	} else {
		o->facts[fact] = xasprintf("%s%s%s", old ? old : "", old ? ", " : "", text);
	}
	free(old);
}

void outcome_address(struct outcome *o, const union address *a)
{
	char text[ADDRESS_TEXT];

	address_print(a, ntohs(address_is_v6(a) ? a->v6.sin6_port : a->v4.sin_port), text);
	outcome_text(o, FACT_ADDRESS, text);
}

void outcome_facts(struct outcome *o, const struct outcome *from)
{
	for (size_t i = 0; i < FACT__MAX; i++) {
		if (from->facts[i])
			outcome_text(o, (enum fact)i, from->facts[i]);
		if (from->numbers[i].set)
			o->numbers[i] = from->numbers[i];
	}
}

void outcome_copy(struct outcome *to, const struct outcome *from)
{
	outcome_free(to);
	*to = *from;
	to->name = from->name ? xstrdup(from->name) : NULL;
	to->servers = from->servers ? xstrdup(from->servers) : NULL;
	for (size_t i = 0; i < FACT__MAX; i++)
		to->facts[i] = from->facts[i] ? xstrdup(from->facts[i]) : NULL;
}

void outcome_free(struct outcome *o)
{
	for (size_t i = 0; i < FACT__MAX; i++)
		if (o->facts[i])
			free(o->facts[i]);
	free(o->name);
	free(o->servers);
}

enum verdict outcome_final(const struct outcome *o)
{
	if (o->verdict == VERDICT_RETRY && catalogue_entry(o->id)->blind)
		return VERDICT_UNKNOWN;
	return o->verdict;
}

/* False if it is not known. */
static bool add_fact(struct buf *b, const struct outcome *o, const char *name, size_t len)
{
	size_t i = 0;

	while (i < FACT__MAX && (strncmp(fact_names[i], name, len) || fact_names[i][len]))
		i++;
	if (i < FACT__MAX && o->facts[i])
		return buf_puts(b, o->facts[i]);
	if (i < FACT__MAX && o->numbers[i].set)
		return buf_number(b, (long long)o->numbers[i].n);
	buf_puts(b, "?");
	return false;
}

/* Adds a sentence up to its end or to the closing bracket; false if a fact was missing. */
static bool expand(struct buf *b, const char **sentence, const struct outcome *o)
{
	bool complete = true;
	const char *p = *sentence;

	while (*p && *p != ']') {
		size_t before, n = strcspn(p, "{[]");

		buf_add(b, p, n);
		p += n;
		if (*p == '{') {
			size_t len = strcspn(p + 1, "}");

			complete = add_fact(b, o, p + 1, len) && complete;
			p += len + 2;
		} else if (*p == '[') {
			p++;
			before = b->len;
			if (!expand(b, &p, o) && b->len)
				b->data[b->len = before] = '\0';
			p += *p == ']';
		}
	}
	*sentence = p;
	return complete;
}

static char *sentence(const char *text, const struct outcome *o)
{
	struct buf b = BUF_INIT(SENTENCE_MAX);

	if (!text)
		return NULL;
	buf_puts(&b, "");
	expand(&b, &text, o);
	return b.data;
}

char *outcome_reason(const struct outcome *o)
{
	return sentence(catalogue_entry(o->id)->reason, o);
}

static void add_sentence(
    struct buf *reply, const char *key, const char *text, const struct outcome *o)
{
	char *s = sentence(text, o);

	jsontext_string(reply, key, s);
	free(s);
}

void outcome_explain(const struct outcome *o, enum verdict verdict, struct buf *reply)
{
	const struct catalogue_entry *entry = catalogue_entry(o->id), *ca = catalogue_entry(o->ca);
	bool content = verdict == VERDICT_PASS || verdict == VERDICT_WARN || !ca->ca;

	jsontext_string(reply, "verdict", verdict_name(verdict));
	jsontext_string(reply, "case", entry->id);
	if (content) {
		jsontext_string(reply, "ca", NULL);
	} else {
		jsontext_open(reply, "ca", '{');
		jsontext_string(reply, "type", ca->ca_type);
		add_sentence(reply, "detail", ca->ca, o);
		jsontext_close(reply, '}');
	}
	add_sentence(reply, "reason", entry->reason, o);
	add_sentence(reply, "hint", entry->hint, o);
}

/* The length of the valid UTF-8 sequence at p, at least 1 octet of which is there; 0 if not valid.
 */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
	    {0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (size_t n = 0; n < nitems(forms) && n < left; n++) {
		uint32_t c;

		if ((*p & forms[n].mask) != forms[n].lead)
			continue;
		c = *p & (unsigned char)~forms[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3f);
		}
		return c < forms[n].least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0
											 : n + 1;
	}
	return 0;
}

/* The letter that stands for the octet behind a backslash, in C as in Go; or 0. */
static char escape_letter(unsigned char octet)
{
	static const char letters[] = "\aa\bb\ff\nn\rr\tt\vv\\\\";

	for (size_t i = 0; i + 1 < sizeof(letters); i += 2)
		if (octet == (unsigned char)letters[i])
			return letters[i + 1];
	return 0;
}

/* How many octets from p on stand for themselves. */
static size_t plain_len(const unsigned char *p, const unsigned char *end)
{
	const unsigned char *from = p;

	while (p < end && *p >= ' ' && *p <= '~' && *p != '\\' && *p != '"')
		p++;
	return (size_t)(p - from);
}

static char *quote(const unsigned char *p, size_t len, bool marks)
{
	const unsigned char *end = p + len;
	struct buf b = BUF_INIT(4 * len + 1);

	buf_puts(&b, "");
	while (p < end) {
		size_t n = utf8_len(p, (size_t)(end - p));
		bool control = *p < ' ' || *p == 0x7f || (n == 2 && p[0] == 0xc2 && p[1] < 0xa0);
		char letter = marks && *p == '"' ? '"' : escape_letter(*p);
		size_t plain = plain_len(p, end);

		if (plain) {
			buf_add(&b, p, plain);
			p += plain;
			continue;
		}
		if (letter)
			buf_printf(&b, "\\%c", letter);
		else if (!n || control)
			buf_printf(&b, "\\x%02x", *p);
		else
			buf_add(&b, p, n);
		p += n && (letter || !control) ? n : 1;
	}
	return b.data;
}

char *clean_text(const void *data, size_t len, size_t max)
{
	return quote(data, len < max ? len : max, false);
}

char *go_quote(const void *data, size_t len)
{
	return quote(data, len, true);
}
