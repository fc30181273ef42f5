#!/bin/sh
# SPDX-License-Identifier: MIT
# with-acme.sh SCRIPT add|rm NAME VALUE
# with-acme.sh SCRIPT deploy DOMAIN KEY CERTIFICATE CHAIN FULLCHAIN
#
# Calls the function of a script of acme.sh's DNS API (dns_x_add, dns_x_rm), or of a deploy hook of
# its (x_deploy), with acme.sh's functions around it. acme.sh runs a first word without "-" as a
# command: eval sources the script in it, with nothing of acme.sh or the script changed. What is told
# are variables all the way; no shell reads it as its own.
#
# acme.sh is $ACME_SH, or looked for where the script is and where acme.sh installs itself.

fail() {
    echo "$script: $1" >&2
    exit 1
}

script=$1 word=$2
name=${script##*/}
shift 2
[ -r "$script" ] || fail 'no such file, or not readable'

unset ACMEHOOK_3 ACMEHOOK_4 ACMEHOOK_5
export ACMEHOOK_SCRIPT="$script" ACMEHOOK_FUNCTION="${name%.sh}_$word" ACMEHOOK_1="$1" ACMEHOOK_2="$2"
[ "$word" != deploy ] || export ACMEHOOK_3="$3" ACMEHOOK_4="$4" ACMEHOOK_5="$5"

for file in "$ACME_SH" "${script%/*}/../acme.sh" "$LE_WORKING_DIR/acme.sh" "$HOME/.acme.sh/acme.sh" \
    "$(command -v acme.sh)"; do
    [ -f "$file" ] || continue
    # an installation's settings are beside it
    [ -n "$LE_WORKING_DIR" ] || [ ! -f "${file%/*}/account.conf" ] || export LE_WORKING_DIR="${file%/*}"
    # _initpath and the directory are for scripts that save settings for the domain
    # shellcheck disable=SC2016 # for acme.sh to expand
    exec sh "$file" eval '
        _initpath "${ACMEHOOK_1#_acme-challenge.}" && mkdir -p "$DOMAIN_PATH" || exit
        . "$ACMEHOOK_SCRIPT"
        command -v "$ACMEHOOK_FUNCTION" >/dev/null || {
            echo "$ACMEHOOK_SCRIPT: has no function $ACMEHOOK_FUNCTION" >&2
            exit 1
        }
        "$ACMEHOOK_FUNCTION" "$ACMEHOOK_1" "$ACMEHOOK_2" \
            ${ACMEHOOK_3+"$ACMEHOOK_3"} ${ACMEHOOK_4+"$ACMEHOOK_4"} ${ACMEHOOK_5+"$ACMEHOOK_5"}'
done
fail 'acme.sh, whose functions it needs, was not found; set ACME_SH to its path'
