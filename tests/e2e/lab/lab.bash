# Functions of the end-to-end tests. A file of tests has one laboratory (see
# lab), from setup_file to teardown_file; what is to happen in it, "in_lab" runs.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of settings.bash, and for the tests

# shellcheck source=/dev/null
. "${ACMEHOOK_TEST_SETTINGS:-$BATS_TEST_DIRNAME/../../build/tests/settings.bash}"
bats_require_minimum_version 1.5.0

lab=$BATS_TEST_DIRNAME/lab/lab
LAB=$BATS_FILE_TMPDIR/lab
hooks=$srcdir/hooks
ddns_tsig=/usr/share/dehydrated-hook-ddns-tsig/dehydrated-hook-ddns-tsig.py
export LAB
# The system's journal is not for tests: one that has none of its own fails.
export ACMEHOOK_STATE=/dev/null/journal

# Skips a test, or fails it where end-to-end tests must not be skipped (ACMEHOOK_E2E=required).
# With ACMEHOOK_E2E=no there is no laboratory, and all are skipped.
cannot() {
    if [ "${ACMEHOOK_E2E:-}" = required ]; then
        echo "required, but: $*" >&2
        return 1
    fi
    skip "$*"
}

# The laboratory lives until all writers of its pipe are gone: this file's
# process and its tests. So it ends with them, whatever ends them.
lab_up() {
    mkdir "$LAB"
    if [ "${ACMEHOOK_E2E:-}" = no ]; then
        echo "ACMEHOOK_E2E=no" >"$LAB/why"
        return 0
    fi
    if ! "$lab" possible 2>"$LAB/why" || ! lab_programs 2>>"$LAB/why"; then
        return 0
    fi
    mkfifo "$LAB/pipe"
    # shellcheck disable=SC2016 # for sh
    "$lab" run sh -c 'touch "$LAB/up" && exec cat' <"$LAB/pipe" >"$LAB/log" 2>&1 3>&- &
    lab_job=$!
    exec {lab_pipe}>"$LAB/pipe"
    export lab_pipe
    if ! within 60 lab_decided || [ ! -e "$LAB/up" ]; then
        cat "$LAB/log"
        return 1
    fi
}

lab_decided() {
    [ -e "$LAB/up" ] || ! kill -0 "$lab_job" 2>/dev/null
}

lab_programs() {
    local program
    for program in named knotd knotc tsig-keygen nsupdate dig ip nsenter; do
        PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$program" >/dev/null || {
            echo "lab: $program is not installed" >&2
            return 1
        }
    done
}

lab_down() {
    [ -n "${lab_pipe:-}" ] || return 0
    exec {lab_pipe}>&-
    wait "$lab_job" || :
}

# need [PROGRAM]...: the laboratory, and these
need() {
    local program
    if [ ! -e "$LAB/up" ]; then
        cannot "$(cat "$LAB/why")"
        return
    fi
    for program; do
        if ! PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$program" >/dev/null; then
            cannot "$program is not installed"
            return
        fi
    done
}

# in_lab COMMAND...: runs it there, without a hand on the pipe
in_lab() {
    "$lab" enter "$@" {lab_pipe}>&-
}

# acmehook, in the laboratory
acmehook() {
    in_lab "$builddir/acmehook" "$@"
}

# within SECONDS COMMAND...: until COMMAND succeeds
within() {
    local end=$((SECONDS + $1 + 1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# executable NAME: writes standard input into a program of this test
executable() {
    cat >"$BATS_TEST_TMPDIR/$1"
    chmod 755 "$BATS_TEST_TMPDIR/$1"
}

# configuration: standard input, after what every configuration here needs
configuration() {
    export ACMEHOOK_CONFIG=$BATS_TEST_TMPDIR/acmehook.conf
    export ACMEHOOK_STATE=$BATS_TEST_TMPDIR/state
    { printf 'verifier = "%s"\n' "$builddir/acmehook-verify" && cat; } >"$ACMEHOOK_CONFIG"
}

# txt SERVER NAME: the TXT values there, one a line, sorted
txt() {
    in_lab dig +short +time=2 +tries=1 "@$1" "$2" TXT | sed -n 's/^"\(.*\)"$/\1/p' | sort
}

# update LINE...: nsupdate's "update" commands, at the primary
update() {
    {
        echo "server 127.0.0.1"
        printf 'update %s\n' "$@"
        echo send
    } | in_lab nsupdate -k "$LAB/acme.key"
}

# records ZONE: all its TXT records, at the primary
records() {
    in_lab dig +noall +answer @127.0.0.1 "$1" AXFR | awk '$4 == "TXT"'
}

# No TXT record in any zone that is written to, no file in the web root, nothing in the journal.
nothing_left() {
    local zone
    for zone in example.test sub.example.test other.test; do
        [ -z "$(records "$zone")" ] || return
    done
    [ -z "$(find "$LAB/www/.well-known/acme-challenge" -type f)" ] || return
    [ -z "$(acmehook pending 2>&1)" ]
}

# ddns_tsig_configuration [LINE]...: of Debian's hook, which reads it in its working directory.
# A wait below 0: it does not look whether the servers have the record, that is for acmehook.
ddns_tsig_configuration() {
    {
        printf '%s\n' '[DEFAULT]' 'name_server_ip = 127.0.0.1' 'ttl = 30' 'wait = -1' 'key_name = acme' \
            'key_algorithm = hmac-sha256' "$@"
        sed -n 's/.*secret "\(.*\)";.*/key_secret = \1/p' "$LAB/acme.key"
    } >"$BATS_TEST_TMPDIR/dehydrated-hook-ddns-tsig.conf"
}

# names CERTIFICATE: those it is for, one a line, sorted
names() {
    openssl x509 -in "$1" -noout -ext subjectAltName | grep -o 'DNS:[^, ]*' | sort
}

# What a failed test shows; and the laboratory as it was before it.
teardown() {
    local zone lines
    printf '%s\n' "status: ${status:-}" "stdout: ${output:-}" "stderr: ${stderr:-}"
    [ -e "$LAB/up" ] && [ -z "${BATS_TEST_COMPLETED:-}" ] || return 0
    in_lab "$lab" secondary start
    in_lab "$lab" secondary follow
    for zone in example.test sub.example.test other.test lame.test; do
        mapfile -t lines < <(records "$zone" | awk '{ print "delete", $1, $4 }')
        [ "${#lines[@]}" = 0 ] || update "${lines[@]}"
    done
}
