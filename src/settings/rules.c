/* SPDX-License-Identifier: MIT */
/* The configuration file, by libConfuse; its options are those of the options table. */
#include "config.h"

#include "settings/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conffile.h"
#include "dialects/dialect.h"
#include "identifier.h"
#include "nearest.h"

#define DEFAULT_FILE SYSCONFDIR "/acmehook/acmehook.conf"

static int find_option(const char *name)
{
	int id = 0;

	while (strcmp(option_defs[id].name, name))
		id++;
	return id;
}

/* Called for each value as it is read, so that an error has its line. */
static int validate(cfg_t *cfg, cfg_opt_t *opt)
{
	struct settings scratch = {0};
	struct error error = {0};
	enum option_id id = (enum option_id)find_option(opt->name);
	const char *value = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	bool good = !value || settings_put(&scratch, id, value, &error);

	settings_free(&scratch);
	if (good && value && id == OPTION_TO)
		good = dialect_named(value, DIALECT_TO, &error);
	if (good && value && option_defs[id].where & ABSOLUTE && *value != '/')
		good = error_set(&error, FAILURE_USAGE,
		    "%s: \"%s\" is not an absolute path, and clients and cron run in directories "
		    "of "
		    "their own",
		    opt->name, value);
	if (good)
		return 0;
	cfg_error(cfg, "%s", error.text);
	return -1;
}

/* How many more there may be behind those of make_opts(). */
#define MORE_OPTS 3

/* The options that may stand in a place, as libConfuse wants them; the caller frees them. With a
 * text, those that it mentions. */
static cfg_opt_t *make_opts(const char *text, unsigned where, size_t *count)
{
	cfg_opt_t *opts = xcalloc(MORE_OPTS, sizeof(*opts));
	size_t n = 0;

	for (int id = 0; id < OPTION__MAX; id++) {
		const struct option_def *def = &option_defs[id];

		if (!(def->where & where) || (text && !strstr(text, def->name)))
			continue;
		opts = xrealloc(opts, (n + 1 + MORE_OPTS) * sizeof(*opts));
		if (def->kind == OPTION_IS_FLAG)
			opts[n] = (cfg_opt_t)CFG_BOOL(def->name, cfg_false, CFGF_NODEFAULT);
		else if (def->kind == OPTION_IS_LIST || def->kind == OPTION_IS_EVENTS ||
			 def->kind == OPTION_IS_SERVERS || def->kind == OPTION_IS_DIGESTS)
			opts[n] = (cfg_opt_t)CFG_STR_LIST(def->name, NULL, CFGF_NODEFAULT);
		else
			opts[n] = (cfg_opt_t)CFG_STR(def->name, NULL, CFGF_NODEFAULT);
		if (def->kind != OPTION_IS_FLAG)
			opts[n].validcb = validate;
		n++;
	}
	*count = n;
	return opts;
}

static bool take(struct settings *settings, cfg_t *cfg, struct error *error)
{
	/* those of make_opts() come first */
	for (cfg_opt_t *opt = cfg->opts; opt->name && opt->type != CFGT_SEC; opt++) {
		enum option_id id = (enum option_id)find_option(opt->name);

		for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
			const char *value;

			if (option_defs[id].kind == OPTION_IS_FLAG)
				value = cfg_opt_getnbool(opt, i) ? "true" : "false";
			else
				value = cfg_opt_getnstr(opt, i);
			if (value && !settings_put(settings, id, value, error))
				return false;
		}
	}
	return true;
}

static bool nearest_event(struct nearest *nearest)
{
	for (int verb = 0; verb < VERB__MAX; verb++)
		nearest_try(nearest, verb_name((enum verb)verb));
	return nearest_word(nearest);
}

static bool set_name(struct rule *rule, const char *word, struct error *error)
{
	const char *name = word + (word[0] == '*' && word[1] == '.' ? 2 : word[0] == '.');
	const char *fault = identifier_is_ip(word) ? NULL : identifier_dns_fault(name, false);
	struct nearest nearest = {.written = word, .len = strlen(word)};

	/* no host has such a name, and the rule would never be used */
	if (!fault && strchr(word, '_') && !strchr(word, '.') && nearest_event(&nearest))
		return error_set(error, FAILURE_USAGE, "\"%s\" is no event; %s", word,
		    nearest_advice(&nearest, "", ""));
	if (fault)
		return error_set(error, FAILURE_USAGE,
		    "\"%s\" is neither an event, a challenge type nor a name: it %s", word, fault);
	rule->name = xstrdup(word);
	for (char *p = rule->name; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return true;
}

/* A pattern is up to three words: an event, a name, a challenge type. */
static bool parse_pattern(struct rule *rule, struct error *error)
{
	char *words = xstrdup(rule->pattern), *rest = NULL;
	bool good = true;

	for (char *w = strtok_r(words, " \t", &rest); w && good; w = strtok_r(NULL, " \t", &rest)) {
		enum verb verb = verb_from_name(w);

		if (verb != VERB_UNKNOWN && !rule->verb)
			rule->verb = verb;
		else if (is_challenge_type(w) && !rule->type)
			rule->type = xstrdup(w);
		else if (rule->name || verb != VERB_UNKNOWN || is_challenge_type(w))
			good = error_set(error, FAILURE_USAGE,
			    "\"%s\" is one word too many: a pattern has at most one event, one "
			    "name and "
			    "one challenge type",
			    w);
		else
			good = set_name(rule, w, error);
	}
	if (good && !rule->verb && !rule->type && !rule->name)
		good = error_set(error, FAILURE_USAGE,
		    "the pattern is empty; what is for everything stands outside of match");
	free(words);
	return good;
}

static bool take_rule(struct rules *rules, const char *text, cfg_t *section, struct error *error)
{
	const char *pattern = cfg_title(section);
	struct error why = {0};
	struct rule *rule;

	rules->v = xrealloc(rules->v, (rules->n + 1) * sizeof(*rules->v));
	rule = &rules->v[rules->n++];
	*rule = (struct rule){.pattern = xstrdup(pattern)};
	rule->line = conffile_line(text, "match", pattern, section->line);
	if (!parse_pattern(rule, &why))
		return error_set(error, FAILURE_USAGE, "%s:%d: match \"%s\": %s", rules->file,
		    rule->line, rule->pattern, why.text);
	return take(&rule->settings, section, error);
}

/* NULL, with a sentence, if it is not well. */
static cfg_t *parse_with(
    const struct rules *rules, const char *text, const char *mentioning, struct error *error)
{
	size_t n, rule_n;
	cfg_opt_t *rule_opts = make_opts(mentioning, IN_RULE, &rule_n);
	cfg_opt_t *opts = make_opts(mentioning, IN_FILE, &n);
	cfg_t *cfg;

	rule_opts[rule_n] = (cfg_opt_t)CFG_END();
	opts[n++] =
	    (cfg_opt_t)CFG_SEC("match", rule_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	opts[n++] = (cfg_opt_t)CFG_BOOL(CONFFILE_END, cfg_false, CFGF_NODEFAULT);
	opts[n] = (cfg_opt_t)CFG_END();
	cfg = conffile_parse(rules->file, text, opts, error);
	free(opts);
	free(rule_opts);
	return cfg;
}

/* libConfuse copies all options that it is given, with their names, for every section. So it gets
 * those that the text mentions; all of them if that is not well, since what was misspelt may be
 * one of them. */
static bool parse(struct rules *rules, const char *text, struct error *error)
{
	struct error first = {0};
	cfg_t *cfg = parse_with(rules, text, text, &first);
	bool good;

	if (!cfg)
		cfg = parse_with(rules, text, NULL, error);
	if (!cfg)
		return false;
	good = take(&rules->top, cfg, error);
	for (unsigned i = 0; good && i < cfg_size(cfg, "match"); i++)
		good = take_rule(rules, text, cfg_getnsec(cfg, "match", i), error);
	cfg_free(cfg);
	return good;
}

bool rules_parse(struct rules *rules, const char *file, struct buf *text, struct error *error)
{
	*rules = (struct rules){.file = xstrdup(file)};
	return conffile_prepare(file, text, error) && parse(rules, text->data, error);
}

bool rules_read(struct rules *rules, const char *file, struct error *error)
{
	const char *env = getenv("ACMEHOOK_CONFIG"), *named = file ? file : env;
	const char *name = named ? named : DEFAULT_FILE;
	FILE *stream = fopen(name, "re");
	struct buf text = BUF_INIT(CONFFILE_MAX);
	bool good;

	*rules = (struct rules){0};
	if (!stream)
		return (!named && (errno == ENOENT || errno == ENOTDIR)) ||
		       error_set(error, FAILURE_USAGE, "configuration %s: %s%s", name,
			   strerror(errno),
			   errno == EACCES ? "; let it be readable for whoever runs acmehook, or "
					     "name another one (--config, ACMEHOOK_CONFIG)"
					   : "");
	good = conffile_read(name, stream, &text, error) && rules_parse(rules, name, &text, error);
	buf_free(&text);
	return good;
}

bool rules_have_handler(const struct rules *rules)
{
	bool found = rules->top.v[OPTION_HANDLER].set;

	for (size_t i = 0; i < rules->n; i++)
		found = found || rules->v[i].settings.v[OPTION_HANDLER].set;
	return found;
}

void rules_free(struct rules *rules)
{
	settings_free(&rules->top);
	for (size_t i = 0; i < rules->n; i++) {
		free(rules->v[i].pattern);
		free(rules->v[i].name);
		free(rules->v[i].type);
		settings_free(&rules->v[i].settings);
	}
	free(rules->v);
	free(rules->file);
	*rules = (struct rules){0};
}
