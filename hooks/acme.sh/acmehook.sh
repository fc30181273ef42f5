#!/usr/bin/env sh
# SPDX-License-Identifier: MIT
# acme.sh's deploy hook by acmehook: the new certificate goes to a handler of acmehook.conf(5).
#
#     ln -s /usr/share/acmehook/hooks/acme.sh/acmehook.sh ~/.acme.sh/deploy/
#     acme.sh --deploy -d example.org --deploy-hook acmehook
#
# ACMEHOOK in the environment is the program's path, if cron's PATH does not have it; acme.sh
# remembers it.

# acmehook_deploy DOMAIN KEY CERTIFICATE CHAIN FULLCHAIN [PFX]: as acme.sh calls its deploy hooks
acmehook_deploy() {
    ACMEHOOK=${ACMEHOOK:-$(_readaccountconf_mutable ACMEHOOK)}
    [ -z "$ACMEHOOK" ] || _saveaccountconf_mutable ACMEHOOK "$ACMEHOOK"
    "${ACMEHOOK:-acmehook}" --from acme.sh deploy "$1" "$2" "$3" "$4" "$5"
}
