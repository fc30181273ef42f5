#!/bin/sh
# Certificates with certbot, whose hooks are handlers called through acmehook.
# Which handler, and with which settings, is in /etc/acmehook/acmehook.conf.
set -eu

# dns-01, here for a name and its wildcard: two TXT values at the same name.
certbot certonly --manual --preferred-challenges dns \
    --manual-auth-hook 'acmehook --from certbot auth' \
    --manual-cleanup-hook 'acmehook --from certbot cleanup' \
    --deploy-hook 'acmehook --from certbot deploy' \
    -d corp.example -d '*.corp.example'

# http-01: certbot hands over a key authorization instead of a TXT value.
certbot certonly --manual --preferred-challenges http \
    --manual-auth-hook 'acmehook --from certbot auth' \
    --manual-cleanup-hook 'acmehook --from certbot cleanup' \
    --deploy-hook 'acmehook --from certbot deploy' \
    -d shop.example

# certbot has noted the hooks: from now on `certbot renew` calls them.
