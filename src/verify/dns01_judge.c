/* SPDX-License-Identifier: MIT */
/*
 * dns-01: what it means that these servers said this. All servers that answer must agree that the
 * values are there; the CA asks from several places, and each may ask another server.
 */
#include "config.h"

#include "verify/dns01.h"

#include <stdlib.h>
#include <string.h>

#include "verify/dns/reserved.h"

/* As much of the evidence as is worth to be shown. */
#define SHOW_VALUES 10
#define SHOW_OCTETS 300
/* Boulder cuts what it quotes. */
#define QUOTE_MAX 100
/* Signatures that are wrong are given that many ms to become right. */
#define SIGNING_MS 60000

static bool is_value(const struct txt *txt, const char *value)
{
	return txt->len == strlen(value) && !memcmp(txt->data, value, txt->len);
}

/* ------------------------------------------------------------------------------- tally */

/* What the servers of all places of a look said, counted. */
struct tally {
	const struct check *check;
	unsigned look;
	size_t said[SIGHT__MAX];
	size_t total;  /* servers at the end of the CNAMEs and referrals */
	size_t answer; /* those of them that answer */
	size_t have;   /* those of them that have all values; "absent": any value */
	size_t v4_unreachable;
	size_t finding, lost; /* places whose servers are looked for, or not to be found */
	bool split, others;   /* values in several strings; other values besides ours */
	bool alias;
	enum case_id wrong; /* about the first value that is not ours, D04 if nothing special */
	const struct server *wrong_at;
	const struct txt *wrong_txt;
	const struct place *last;	 /* a place that said something, the last */
	const struct place *lost_at;	 /* a place whose servers are not to be found */
	size_t reserved, public;	 /* addresses that were found, of either kind */
	const struct place *closed;	 /* no public address of it answers */
	bool shut;			 /* and it has none */
	size_t have_above, answer_above; /* those of them that only a zone above names */
	const struct place *differs;	 /* the zone above names others */
	bool looking_above;
	enum validity validity;
	bool not_yet; /* VALIDITY_BOGUS: but will be good some day */
};

static void tally_txt(struct tally *t, const struct server *s)
{
	const struct strlist *values = &t->check->values;
	size_t present = 0;

	for (size_t k = 0; k < values->n; k++) {
		bool there = false;

		for (size_t i = 0; i < s->n_txts; i++)
			there = there || is_value(&s->txts[i], values->v[k]);
		present += there;
	}
	t->have += t->check->absent ? present > 0 : present == values->n;
	for (size_t i = 0; i < s->n_txts; i++) {
		const struct txt *txt = &s->txts[i];
		bool ours = false;

		for (size_t k = 0; k < values->n; k++)
			ours = ours || is_value(txt, values->v[k]);
		t->split = t->split || (ours && txt->strings > 1);
		t->others = t->others || !ours;
		if (ours || (t->wrong_at && t->wrong != CASE_D04))
			continue;
		if (t->wrong_at && dns01_mistake(txt, values) == CASE_D04)
			continue;
		t->wrong = dns01_mistake(txt, values);
		t->wrong_at = s;
		t->wrong_txt = txt;
	}
}

static bool has_values(const struct tally *t, const struct server *s)
{
	struct tally one = {.check = t->check};

	if (s->sight == SIGHT_TXT)
		tally_txt(&one, s);
	return one.have > 0;
}

/* Does the server say something about the name, right or wrong, that the CA would take? */
static bool is_answer(const struct tally *t, const struct server *s)
{
	if (s->sight == SIGHT_LOOP || s->sight == SIGHT_TOO_LONG)
		return t->check->absent; /* there is no value to be had here */
	return s->sight == SIGHT_TXT || s->sight == SIGHT_NODATA || s->sight == SIGHT_NXDOMAIN;
}

static void tally_server(struct tally *t, const struct server *s)
{
	t->said[s->sight]++;
	if (s->sight != SIGHT_NO_ADDRESS && !t->check->authorities.n)
		*(address_is_reserved(&s->address) ? &t->reserved : &t->public) += 1;
	t->total += s->sight != SIGHT_ALIAS && s->sight != SIGHT_REFERRAL;
	t->answer += is_answer(t, s);
	t->alias = t->alias || s->sight == SIGHT_ALIAS;
	if (is_answer(t, s))
		t->last = s->place;
	if (s->sight == SIGHT_UNREACHABLE)
		t->v4_unreachable += !address_is_v6(&s->address);
	if (s->sight == SIGHT_TXT)
		tally_txt(t, s);
}

/* A place that a CA which asks only public addresses hears nothing from. */
static void tally_closed(struct tally *t, const struct place *place)
{
	size_t public = 0, heard = 0;

	for (size_t i = 0; i < place->n; i++) {
		const struct server *s = &place->servers[i];
		bool open = s->sight != SIGHT_NO_ADDRESS && !address_is_reserved(&s->address);

		public += open;
		heard += open && s->sight < SIGHT_LAME;
	}
	if (heard || !place->n || place->is_above)
		return;
	t->closed = place;
	t->shut = t->shut || !public;
}

static void tally_place(struct tally *t, const struct place *place)
{
	size_t have = t->have, answer = t->answer;

	if (place->difference)
		t->differs = place;
	t->looking_above = t->looking_above || place->delegation;
	if (place->finding) {
		t->finding++;
	} else if (!place->n && !place->is_above) {
		t->lost++;
		t->lost_at = place;
	}
	for (size_t i = 0; i < place->n; i++)
		tally_server(t, &place->servers[i]);
	if (t->check->profile->reserved == RESERVED_NEVER && !t->check->authorities.n)
		tally_closed(t, place);
	if (place->is_above) {
		t->have_above += t->have - have;
		t->answer_above += t->answer - answer;
	}
}

/* A place of which no server was of any use: what is there, nobody has said. */
static bool is_mute(const struct place *place)
{
	for (size_t i = 0; i < place->n; i++)
		if (place->servers[i].sight < SIGHT_LAME)
			return false;
	return true;
}

static size_t mute_places(const struct dns01 *dns)
{
	size_t n = 0;

	for (const struct place *p = dns->places; p; p = p->next)
		n += p->look == dns->look && !p->is_above && is_mute(p);
	return n;
}

/* ------------------------------------------------------------------------------- cases */

/* The case of a look in which all that answered have it. */
static enum case_id good_case(const struct tally *t)
{
	if (t->said[SIGHT_LAME])
		return CASE_D32;
	if (t->said[SIGHT_SILENT])
		return CASE_D30;
	if (t->said[SIGHT_UNREACHABLE])
		return CASE_D35;
	if (t->said[SIGHT_NO_ADDRESS])
		return CASE_D38;
	if (t->differs)
		return CASE_D37;
	if (t->reserved && t->public && t->check->profile->reserved != RESERVED_FINE)
		return CASE_D39;
	if (t->alias)
		return CASE_D18;
	if (t->split)
		return CASE_D06;
	return t->others ? CASE_D05 : CASE_D01;
}

/* The case of a look in which servers answered, and none has it. */
static enum case_id bad_case(const struct tally *t)
{
	if (t->wrong_at)
		return t->wrong;
	if (t->said[SIGHT_TXT] || t->said[SIGHT_NODATA])
		return CASE_D03;
	return t->alias ? CASE_D22 : CASE_D02;
}

/* The case of a look in which the servers of a place were not found: is that us, or the zone? */
static enum case_id lost_case(const struct tally *t)
{
	return t->lost_at->blind ? CASE_DNS_NO_SERVERS : CASE_D33_LOST;
}

/* The case of a look in which no server answered. */
static enum case_id mute_case(const struct tally *t)
{
	if (t->said[SIGHT_LOOP])
		return CASE_D23;
	if (t->said[SIGHT_TOO_LONG])
		return CASE_D24;
	if (t->finding || (t->said[SIGHT_PENDING] && !t->check->last))
		return CASE_DNS_WAITING;
	if (t->lost)
		return lost_case(t);
	if (t->said[SIGHT_LAME])
		return CASE_D33;
	if (t->said[SIGHT_SILENT] || t->said[SIGHT_PENDING])
		return CASE_D31;
	return t->said[SIGHT_UNREACHABLE] ? CASE_D35_ALL : CASE_DNS_WAITING;
}

/* The same, and what the resolvers make of it. */
static enum case_id proven_case(const struct tally *t)
{
	enum case_id good = good_case(t);

	if (t->closed)
		return CASE_D39_ALL;
	if (t->looking_above)
		return CASE_DNS_WAITING;
	switch (t->validity) {
	case VALIDITY_PENDING:
		return CASE_DNS_WAITING;
	case VALIDITY_BOGUS:
		return t->not_yet ? CASE_D41 : CASE_D40;
	case VALIDITY_MUTE:
		return catalogue_entry(good)->verdict == VERDICT_PASS ? CASE_D62 : good;
	default:
		return good;
	}
}

static enum case_id absent_case(const struct tally *t, bool complete)
{
	if (t->have)
		return CASE_DNS_PRESENT;
	if (!t->answer)
		return mute_case(t);
	return complete ? CASE_DNS_ABSENT : CASE_DNS_WAITING;
}

static enum case_id find_case(const struct tally *t, size_t mute)
{
	bool waiting = t->said[SIGHT_PENDING] || t->finding;
	bool wrong_way = t->said[SIGHT_LOOP] || t->said[SIGHT_TOO_LONG];

	if (t->check->absent)
		return absent_case(t, !waiting && !t->lost && !mute);
	if (!t->have && (!t->answer || wrong_way))
		return mute_case(t);
	if (!t->have)
		return bad_case(t);
	if (t->have < t->answer && t->have - t->have_above == t->answer - t->answer_above &&
	    !wrong_way)
		return CASE_D37_STALE;
	if (t->have < t->answer || wrong_way)
		return CASE_D28;
	if (waiting)
		return CASE_DNS_WAITING;
	if (t->lost)
		return lost_case(t);
	return mute ? CASE_D28 : proven_case(t);
}

/* ------------------------------------------------------------------------------- facts */

/*
 * The value as Boulder's sentence has it: octets that are not visible ASCII as \DDD, '"' and '\'
 * with a backslash before them, cut; and then quoted again by Go's %q.
 */
static char *ca_quote(const struct txt *txt)
{
	struct buf shown = BUF_INIT(QUOTE_MAX + sizeof("\\DDD..."));
	char *quoted;

	for (size_t i = 0; i < txt->len && shown.len <= QUOTE_MAX; i++) {
		unsigned char c = txt->data[i];

		if (c < ' ' || c > '~')
			buf_printf(&shown, "\\%03u", c);
		else
			buf_printf(&shown, c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	if (shown.len > QUOTE_MAX) {
		shown.len = QUOTE_MAX;
		buf_puts(&shown, "...");
	}
	quoted = go_quote(buf_text(&shown), shown.len);
	buf_free(&shown);
	return quoted;
}

/* "ns1.example.test (192.0.2.1: timed out)", with what is there of name, address and reason. */
static char *server_text(const struct server *s, const char *reason)
{
	char address[ADDRESS_TEXT];

	if (s->sight == SIGHT_NO_ADDRESS)
		return xasprintf("%s (%s)", s->name, reason ? reason : "no address");
	address_print(&s->address, DNS_PORT, address);
	if (!s->name)
		return reason ? xasprintf("%s (%s)", address, reason) : xstrdup(address);
	return xasprintf("%s (%s%s%s)", s->name, address, reason ? ": " : "", reason ? reason : "");
}

/* Where all servers are at private addresses, the CA is private, too, or it is a test. */
static bool is_out_of_reach(const struct tally *t, const struct server *s)
{
	return t->reserved && t->public && s->sight != SIGHT_NO_ADDRESS &&
	       address_is_reserved(&s->address);
}

/* Is the server one of those that a case speaks of? */
static bool is_meant(enum case_id id, const struct tally *t, const struct server *s)
{
	switch (id) {
	case CASE_DNS_WAITING:
		return s->sight == SIGHT_PENDING;
	case CASE_DNS_PRESENT:
		return has_values(t, s);
	case CASE_D37_STALE:
	case CASE_D28:
		return (is_mute(s->place) && !s->place->is_above) ||
		       (s->sight < SIGHT_LAME && s->sight != SIGHT_ALIAS &&
			   s->sight != SIGHT_REFERRAL && !has_values(t, s));
	case CASE_D39_ALL:
		return s->place == t->closed;
	case CASE_D39:
		return is_out_of_reach(t, s);
	case CASE_D31:
		return s->sight >= SIGHT_LAME || s->sight == SIGHT_PENDING;
	case CASE_D30:
	case CASE_D32:
	case CASE_D33:
	case CASE_D35:
	case CASE_D35_ALL:
	case CASE_D38:
		return s->sight >= SIGHT_LAME;
	default:
		return false;
	}
}

static void add_servers(struct outcome *o, const struct tally *t, const struct place *place)
{
	for (size_t i = 0; i < place->n; i++) {
		const struct server *s = &place->servers[i];
		char *text;

		if (!is_meant(o->id, t, s))
			continue;
		text = server_text(s, s->sight >= SIGHT_LAME ? s->reason : NULL);
		outcome_fact_add(o, FACT_SERVERS, text);
		free(text);
	}
}

static void add_found(struct outcome *o, const struct tally *t)
{
	char *found;

	if (!t->wrong_at)
		return;
	found = ca_quote(t->wrong_txt);
	outcome_fact(o, FACT_FOUND, "%s", found);
	if (t->wrong_at->n_txts > 1)
		outcome_fact(o, FACT_MORE, "%zu", t->wrong_at->n_txts - 1);
	free(found);
}

/* Where the CNAMEs led. */
static void add_target(struct outcome *o, const struct dns01 *dns, const struct tally *t)
{
	for (const struct place *p = dns->places; p; p = p->next)
		for (size_t i = 0; p->look == dns->look && i < p->n; i++)
			if (p->servers[i].sight == SIGHT_LOOP)
				outcome_fact(o, FACT_TARGET, "%s", p->servers[i].target);
	if (!o->facts[FACT_TARGET] && t->last && t->last->cnames)
		outcome_fact(o, FACT_TARGET, "%s", t->last->name);
}

/* What a CA that asks one of the stale servers would say. */
static enum case_id stale_ca(const struct tally *t)
{
	if (t->wrong_at && !t->said[SIGHT_NODATA] && !t->said[SIGHT_NXDOMAIN])
		return CASE_D04;
	return t->said[SIGHT_NXDOMAIN] ? CASE_D02 : CASE_D03;
}

/* The resolver that rejects it, and why. */
static void add_culprit(struct outcome *o, const struct dns01 *dns)
{
	const struct extended_error *error;
	char address[ADDRESS_TEXT];

	address_print(dns01_validate_culprit(dns, &error), DNS_PORT, address);
	outcome_fact(o, FACT_ADDRESS, "%s", address);
	outcome_fact(o, FACT_DETAIL, "%s", error->text ? error->text : "DNSSEC: Bogus");
}

static void add_facts(struct outcome *o, const struct dns01 *dns, const struct tally *t)
{
	outcome_fact(o, FACT_NAME, "%s", dns->places->name);
	outcome_fact(o, FACT_DOMAIN, "%s", dns->check->domain);
	outcome_fact(o, FACT_TOTAL, "%zu", t->total);
	outcome_fact(o, FACT_LIMIT, "%u", dns->check->profile->cnames);
	outcome_fact(o, FACT_ANSWER, "%zu", t->answer);
	if (t->have || o->id == CASE_D28)
		outcome_fact(o, FACT_HAVE, "%zu", t->have);
	add_found(o, t);
	if (o->id == CASE_DNS_NO_SERVERS || o->id == CASE_D33_LOST) {
		outcome_fact(o, FACT_TARGET, "%s", t->lost_at->name);
		outcome_fact(o, FACT_DETAIL, "%s", t->lost_at->fault ? t->lost_at->fault : "?");
	} else {
		add_target(o, dns, t);
	}
	if (o->id == CASE_D37)
		outcome_fact(o, FACT_DETAIL, "%s", t->differs->difference);
	if (t->validity == VALIDITY_BOGUS)
		add_culprit(o, dns);
	for (const struct place *p = dns->places; p; p = p->next)
		if (p->look == dns->look)
			add_servers(o, t, p);
	if (o->id == CASE_DNS_WAITING && t->validity == VALIDITY_PENDING)
		outcome_fact_add(o, FACT_SERVERS, "the resolvers");
}

/* ---------------------------------------------------------------------------- evidence */

static enum verdict server_verdict(const struct tally *t, const struct server *s)
{
	static const enum verdict verdicts[] = {
	    [SIGHT_PENDING] = VERDICT_RETRY,
	    [SIGHT_TXT] = VERDICT_RETRY,
	    [SIGHT_NODATA] = VERDICT_RETRY,
	    [SIGHT_NXDOMAIN] = VERDICT_RETRY,
	    [SIGHT_ALIAS] = VERDICT_PASS,
	    [SIGHT_REFERRAL] = VERDICT_PASS,
	    [SIGHT_LOOP] = VERDICT_FAIL,
	    [SIGHT_TOO_LONG] = VERDICT_FAIL,
	    [SIGHT_LAME] = VERDICT_WARN,
	    [SIGHT_SILENT] = VERDICT_WARN,
	    [SIGHT_UNREACHABLE] = VERDICT_UNKNOWN,
	    [SIGHT_NO_ADDRESS] = VERDICT_WARN,
	};
	_Static_assert(nitems(verdicts) == SIGHT__MAX, "a sight without verdict");

	if (is_answer(t, s))
		return has_values(t, s) != t->check->absent ? VERDICT_PASS : VERDICT_RETRY;
	return verdicts[s->sight];
}

static struct json_object *values_json(const struct server *s)
{
	struct json_object *values = json_object_new_array();

	for (size_t i = 0; i < s->n_txts && i < SHOW_VALUES; i++) {
		char *text = clean_text(s->txts[i].data, s->txts[i].len, SHOW_OCTETS);

		json_object_array_add(values, json_object_new_string(text));
		free(text);
	}
	return values;
}

static struct json_object *server_json(const struct tally *t, const struct server *s)
{
	struct json_object *o = json_object_new_object();
	char address[ADDRESS_TEXT], rcode[16];
	const char *reason = s->reason;

	if (s->sight == SIGHT_PENDING)
		reason = "no answer yet";
	else if (!reason && is_out_of_reach(t, s))
		reason = "at a private or reserved address, which a public CA does not ask";

	if (s->sight != SIGHT_NO_ADDRESS)
		address_print(&s->address, DNS_PORT, address);
	if (s->rcode >= 0)
		rcode_name((unsigned)s->rcode, rcode);
	jsonline_set(o, "name", s->name);
	jsonline_set(o, "address", s->sight == SIGHT_NO_ADDRESS ? NULL : address);
	jsonline_set(o, "verdict", verdict_name(server_verdict(t, s)));
	jsonline_set(o, "rcode", s->rcode >= 0 ? rcode : NULL);
	json_object_object_add(o, "values", values_json(s));
	jsonline_set(o, "reason", reason);
	jsonline_set_integer(o, "ms", (long long)s->ms);
	return o;
}

static struct tally tally(const struct dns01 *dns)
{
	struct tally t = {.check = dns->check,
	    .look = dns->look,
	    .wrong = CASE_D04,
	    .validity = dns->validation.validity};
	const struct extended_error *error;

	if (t.validity == VALIDITY_BOGUS) {
		dns01_validate_culprit(dns, &error);
		t.not_yet = error->code == EXTENDED_ERROR_NOT_YET;
	}
	for (const struct place *p = dns->places; p; p = p->next)
		if (p->look == dns->look)
			tally_place(&t, p);
	return t;
}

bool dns01_is_nothing(const struct dns01 *dns)
{
	struct tally t = tally(dns);
	enum case_id id = find_case(&t, mute_places(dns));

	return !t.alias && (id == CASE_D02 || id == CASE_D03);
}

bool dns01_is_good(const struct dns01 *dns)
{
	struct tally t = tally(dns);
	enum verdict verdict = catalogue_entry(find_case(&t, mute_places(dns)))->verdict;

	return !t.check->absent && !t.check->authorities.n &&
	       (verdict == VERDICT_PASS || verdict == VERDICT_WARN);
}

bool dns01_may_turn_good(const struct dns01 *dns)
{
	struct tally t = tally(dns);

	return (t.have || t.check->absent) && find_case(&t, mute_places(dns)) == CASE_DNS_WAITING;
}

/* A record without its signature, or with an old one, may be the work of a signer in progress. */
static bool is_to_be_signed(const struct dns01 *dns)
{
	uint64_t now = uv_now(dns->check->all->loop);

	return !dns->check->last && now - dns->validation.bogus_since < SIGNING_MS;
}

/* The CA knows nothing of that, and says what it would say anyway. */
static void take_elsewhere(struct outcome *o, const struct elsewhere *e)
{
	enum case_id ca = o->id;

	outcome_init(o, e->id);
	o->ca = ca;
	outcome_fact(o, FACT_TARGET, "%s", e->found);
}

void dns01_judge(const struct dns01 *dns, struct outcome *o)
{
	struct tally t = tally(dns);
	struct json_object *servers = json_object_new_array();

	/* There is no more time for the resolvers. */
	if (t.validity == VALIDITY_PENDING && t.check->last)
		t.validity = VALIDITY_MUTE;
	if (t.check->last)
		t.looking_above = false;
	outcome_init(o, find_case(&t, mute_places(dns)));
	if (dns->elsewhere.found && dns01_is_nothing(dns))
		take_elsewhere(o, &dns->elsewhere);
	/* Without a way even to an IPv4 address our own network may be down for a moment. */
	if (o->id == CASE_D35_ALL && t.v4_unreachable)
		o->verdict = VERDICT_RETRY;
	/* The public ones may still answer. */
	if (o->id == CASE_D39_ALL && !t.shut)
		o->verdict = VERDICT_RETRY;
	if (o->id == CASE_D40 && is_to_be_signed(dns))
		o->verdict = VERDICT_RETRY;
	if (o->id == CASE_D28 || o->id == CASE_D37_STALE)
		o->ca = stale_ca(&t);
	o->name = xstrdup(dns->places->name);
	o->servers = servers;
	add_facts(o, dns, &t);
	for (const struct place *p = dns->places; p; p = p->next)
		for (size_t i = 0; p->look == dns->look && i < p->n; i++)
			json_object_array_add(servers, server_json(&t, &p->servers[i]));
}
