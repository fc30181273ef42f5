#!/usr/bin/env sh
# SPDX-License-Identifier: MIT
# acme.sh's DNS API by acmehook: a handler of acmehook.conf(5) does the work, and the record is
# verified before acme.sh goes on.
#
#     ln -s /usr/share/acmehook/hooks/acme.sh/dns_acmehook.sh ~/.acme.sh/dnsapi/
#     acme.sh --issue --dns dns_acmehook --dnssleep 1 -d example.org
#
# ACMEHOOK in the environment is the program's path, if cron's PATH does not have it; acme.sh
# remembers it.

# dns_acmehook_add NAME VALUE, dns_acmehook_rm NAME VALUE: as acme.sh calls its DNS API, NAME with
# _acme-challenge and without a dot at its end
dns_acmehook_add() {
    _acmehook add "$1" "$2"
}
dns_acmehook_rm() {
    _acmehook rm "$1" "$2"
}

_acmehook() {
    ACMEHOOK=${ACMEHOOK:-$(_readaccountconf_mutable ACMEHOOK)}
    [ -z "$ACMEHOOK" ] || _saveaccountconf_mutable ACMEHOOK "$ACMEHOOK"
    _acmehook_key=$(_acmehook_key_authorization "$3")
    "${ACMEHOOK:-acmehook}" --from acme.sh "$1" "$(_idn "$2")" "$3" ${_acmehook_key:+"$_acmehook_key"}
}

# acme.sh does not tell the key authorization, but has it: keyauthorization is the one that it adds,
# vlist has those of all names (NAME#KEY_AUTHORIZATION#..., commas between them). It is the right
# one if VALUE is its digest, as issue() makes it; else there is none, and acmehook does without.
_acmehook_key_authorization() {
    # shellcheck disable=SC2154
    for _acmehook_entry in "#$keyauthorization#" $(printf '%s\n' "$vlist" | tr ',' ' '); do
        _acmehook_entry=${_acmehook_entry#*#}
        _acmehook_entry=${_acmehook_entry%%#*}
        if [ "$(printf '%s' "$_acmehook_entry" | _digest sha256 | _url_replace)" = "$1" ]; then
            printf '%s\n' "$_acmehook_entry"
            return
        fi
    done
}
