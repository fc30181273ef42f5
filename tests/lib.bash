# What the tests share; loaded by each of them.
# shellcheck shell=bash disable=SC2034,SC2154
bats_require_minimum_version 1.5.0
# `make check` names the settings; for a test by hand those of ./build are taken.
. "${ACMEHOOK_TEST_SETTINGS:-${BATS_TEST_FILENAME%/tests/*}/build/tests/settings.bash}"

acmehook=$builddir/acmehook
export LC_ALL=C ACMEHOOK_LIBEXECDIR=$srcdir/hooks/acme.sh
# The system's journal is not for tests: one that has none of its own fails.
export ACMEHOOK_STATE=/dev/null/journal

# Test vectors: a key authorization and its digest (RFC 8555 section 8.1).
token=LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0
key_auth=$token.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI
digest=LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo
# others, one of which begins with '-'
digest2=-v-q47UVq9vCEddok0bp7Ha3YyUsHp8fwGJhj8ZXC0g
digest3=667drNmQL3vX6bu8YZlgy0wKNBlCny8yrjF1lSaUndc

# Each test runs in a directory of its own, with a configuration and a journal of its own.
own_directory() {
    cd "$BATS_TEST_TMPDIR" || return
    export ACMEHOOK_CONFIG=$BATS_TEST_TMPDIR/acmehook.conf
    export ACMEHOOK_STATE=$BATS_TEST_TMPDIR/state
}

setup() {
    own_directory
    config </dev/null
}

# config: stdin becomes the configuration file; the line numbers are those of stdin
config() {
    cat >"$ACMEHOOK_CONFIG"
    printf 'verifier = "%s/acmehook-verify"\n' "$builddir" >>"$ACMEHOOK_CONFIG"
}

# handler NAME: stdin becomes an executable in the current directory
handler() {
    cat >"$1"
    chmod +x "$1"
}

# recorder NAME: a handler that writes its words to NAME.calls, quoted for a shell, a line a call,
# and its environment to NAME.env
recorder() {
    handler "$1" <<'EOF'
#!/bin/bash
printf '%q ' "${@:1}" | sed 's/ $//' >>"$0.calls"
echo >>"$0.calls"
env -0 | sort -z | tr '\0\n' '\n ' >"$0.env"
EOF
}

# verifier VERDICT [CASE [CA [HINT]]]: a verifier that answers every question so; the handler is hook
verifier() {
    handler verifier <<EOF
#!/bin/sh
while read -r q; do
    echo "\$q" >>questions
    id=\$(echo "\$q" | sed 's/.*"id": *\([0-9]*\).*/\1/')
    echo "{\"id\": \$id, \"verdict\": \"$1\", \"case\": \"${2:-D01}\", \"ca\": ${3:-null}, \"reason\": \"the reason\", \"hint\": ${4:-null}, \"attempts\": 1, \"ms\": 1500, \"servers\": [{\"name\": \"ns1.test\", \"address\": \"192.0.2.1\", \"verdict\": \"$1\", \"rcode\": \"NOERROR\", \"values\": [\"v\"], \"reason\": null, \"ms\": 1}]}"
done
EOF
    echo "handler = \"$PWD/hook\"  verifier = \"$PWD/verifier\"  delegation = ignore" >"$ACMEHOOK_CONFIG"
}

# stdout_is TEXT, stderr_has TEXT, stderr_is TEXT: of the last `run --separate-stderr`
stdout_is() {
    [ "$output" = "$1" ] && return
    printf 'stdout was: %s\ninstead of: %s\n' "$output" "$1"
    return 1
}
stderr_is() {
    [ "$stderr" = "$1" ] && return
    printf 'stderr was: %s\ninstead of: %s\n' "$stderr" "$1"
    return 1
}
stderr_has() {
    [[ $stderr == *"$1"* ]] && return
    printf 'stderr was: %s\nand has no: %s\n' "$stderr" "$1"
    return 1
}
status_is() {
    [ "$status" -eq "$1" ] && return
    printf 'exit status %s instead of %s\nstdout: %s\nstderr: %s\n' "$status" "$1" "$output" "${stderr-}"
    return 1
}
file_is() { # FILE: equals stdin
    diff -u - "$1"
}

# acme_sh PATH: a stand-in for acme.sh, which Debian does not have. Of the real one it is main(),
# which runs a first word without "-" as a command, and, of the functions that scripts for it call,
# those for settings and messages; settings are kept below LE_WORKING_DIR, as acme.sh keeps them.
acme_sh() {
    mkdir -p "$(dirname "$1")"
    cat >"$1" <<'EOF'
#!/usr/bin/env sh
LE_WORKING_DIR=${LE_WORKING_DIR:-$HOME/.acme.sh}
ACCOUNT_CONF_PATH=$LE_WORKING_DIR/account.conf
_initpath() {
    [ -z "$1" ] || DOMAIN_PATH=$LE_WORKING_DIR/$1
    [ ! -f "$ACCOUNT_CONF_PATH" ] || . "$ACCOUNT_CONF_PATH"
}
_info() { printf '%s\n' "$1"; }
_err() {
    printf '%s\n' "$1" >&2
    return 1
}
_readaccountconf_mutable() { sed -n "s/^SAVED_$1='\(.*\)'$/\1/p" "$ACCOUNT_CONF_PATH" 2>/dev/null; }
_saveaccountconf_mutable() { printf "SAVED_%s='%s'\n" "$1" "$2" >>"$ACCOUNT_CONF_PATH"; }
_savedomainconf() { printf "%s='%s'\n" "$1" "$2" >>"$DOMAIN_PATH/domain.conf"; }
_idn() { printf %s "$1"; }
_digest() { openssl dgst -"$1" -binary | openssl base64 -e; }
_url_replace() { tr '/+' '_-' | tr -d '= \n'; }
main() {
    case ${1-} in
    '' | -*) echo "usage: of acme.sh" ;;
    *) "$@" ;;
    esac
}
main "$@"
EOF
}
