/* SPDX-License-Identifier: MIT */
/* Instructions for somebody at the terminal, like the text mode of certbot-external-auth. */
#include "config.h"

#include "dialects/dialect.h"

#include <stdlib.h>
#include <string.h>

#define PROMPT "\nPress Enter when it is done (q and Enter to give up): "

static void record(struct buf *b, const struct event *event)
{
	buf_printf(
	    b, "    %s. IN TXT \"%s\"\n", event->field[FIELD_FQDN], event->field[FIELD_VALUE]);
}

static void deploy(struct buf *b, const struct event *event)
{
	char *text;

	if (event->field[FIELD_FQDN]) {
		buf_printf(b, "%s: add this DNS record, and leave others of its name alone:\n\n",
		    event->field[FIELD_DOMAIN]);
		record(b, event);
	} else if ((text = event_text(event, VIEW_URI))) {
		buf_printf(b, "%s: let this address\n\n    %s\n\nserve\n\n    %s\n",
		    event->field[FIELD_DOMAIN], text, event->field[FIELD_VALIDATION]);
		free(text);
		text = event_text(event, VIEW_COMMAND);
		buf_printf(b,
		    "\nThis command does it, in the document root of the web server:\n\n    %s\n",
		    text);
		free(text);
	} else {
		text = event_text(event, VIEW_VALIDATION_HEX);
		buf_printf(b,
		    "%s: serve a TLS certificate whose acmeIdentifier (RFC 8737) is\n\n    %s\n",
		    event->field[FIELD_DOMAIN], text);
		free(text);
	}
	buf_puts(b, PROMPT);
}

static void clean(struct buf *b, const struct event *event)
{
	char *uri = event_text(event, VIEW_URI);

	buf_printf(
	    b, "%s: this is not needed any more; remove it:\n\n", event->field[FIELD_DOMAIN]);
	if (event->field[FIELD_FQDN])
		record(b, event);
	else
		buf_printf(b, "    %s\n", uri ? uri : "the certificate with acmeIdentifier");
	free(uri);
}

static void deploy_cert(struct buf *b, const struct event *event)
{
	buf_printf(b, "%s: there is a new certificate:\n\n    %s\n    %s\n",
	    event->field[FIELD_DOMAIN], event->field[FIELD_FULLCHAIN_PATH],
	    event->field[FIELD_KEY_PATH]);
}

static char *compose(const struct event *event)
{
	static void (*const by_verb[VERB__MAX])(struct buf *, const struct event *) = {
	    [VERB_DEPLOY] = deploy,
	    [VERB_CLEAN] = clean,
	    [VERB_DEPLOY_CERT] = deploy_cert,
	};
	struct buf b = BUF_INIT(64 * 1024);
	char *text;

	if (!by_verb[event->verb])
		return NULL;
	buf_puts(&b, "\n");
	by_verb[event->verb](&b, event);
	text = xstrdup(buf_text(&b));
	buf_free(&b);
	return text;
}

const struct dialect dialect_manual = {
    .name = "manual",
    .summary = "text mode of certbot-external-auth: instructions on the terminal",
    .flags = DIALECT_TO | DIALECT_MUTE,
    .compose = compose,
};
