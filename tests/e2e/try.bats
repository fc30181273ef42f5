#!/usr/bin/env bats
# acmehook try on hook scripts that are in use, as they come in packages, with real name servers: is
# the card right about each?

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    cd "$BATS_TEST_TMPDIR"
}

# tries [OPTION...]: the card of the handler that example.test has
tries() {
    run --separate-stderr acmehook -q --format json "$@" try example.test
    nothing_left
}

# says FILTER: jq is content with the card
says() {
    jq -e "$@" <<<"$output" >/dev/null
}

# asks: what the primary has at the challenge name
asks() {
    in_lab dig +short @127.0.0.1 _acme-challenge.example.test TXT
}

@test "Debian's dehydrated-hook-ddns-tsig" {
    need "$ddns_tsig"
    ddns_tsig_configuration
    configuration <<END
handler = "$ddns_tsig"
cwd = "$PWD"
END
    tries --verify-timeout 20
    [ "$status" = 0 ]
    says '.ok and .cure == [] and .traits.adding == "adds" and .traits.cleaning == "own" and .traits.chaining == "all"
        and .traits.dash == "fine" and .traits.unknown_word == "succeeds" and (.traits | .waits or .hangs or .prints | not)'
    # so it is
    in_lab "$ddns_tsig" deploy_challenge example.test t one example.test t -two
    [ "$(asks | LC_ALL=C sort)" = '"-two"
"one"' ]
    in_lab "$ddns_tsig" clean_challenge example.test t one
    [ "$(asks)" = '"-two"' ]
    in_lab "$ddns_tsig" clean_challenge example.test t -two
    # without its configuration: in another directory
    configuration <<END
handler = "$ddns_tsig"
cwd = "/"
END
    tries --verify-timeout 2
    [ "$status" = 1 ]
    says '(.ok | not) and (.output | length > 0)'
}

@test "uacme's nsupdate.sh: a second value makes it wait for ever" {
    need /usr/share/uacme/nsupdate.sh
    sed "s|^RNDC_KEY_NSUPDATE=|&$LAB/acme.key|" /usr/share/uacme/nsupdate.sh | executable script
    configuration <<END
match "dns-01" { handler = "$PWD/script"  to = "uacme" }
END
    tries --timeout 3 --verify-timeout 20
    [ "$status" = 0 ]
    says '.ok and .proven and .traits.adding == "adds" and .traits.cleaning == "all" and .traits.hangs and .traits.chaining == "none"
        and .traits.dash == "fine" and .traits.unknown_word == "fails" and (.cure | contains(["cleans-all=true", "trust=dns"]))
        and (.cure | any(startswith("events")) | not) and (.lines | test("timeout = 1[0-9]\n"))'
    # so it is
    in_lab "$PWD/script" begin dns-01 example.test t one
    run in_lab timeout 2 "$PWD/script" begin dns-01 example.test t -two
    [ "$status" = 124 ]
    [ "$(asks | LC_ALL=C sort)" = '"-two"
"one"' ]
    in_lab "$PWD/script" done dns-01 example.test t one
    [ -z "$(asks)" ]
}

# powerdns ZONE: PowerDNS with its API at 127.0.0.10, with that zone; it ends with the laboratory
powerdns() {
    mkdir "$LAB/pdns"
    /usr/bin/python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())' "$LAB/pdns/db" \
        </usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql
    cat >"$LAB/pdns/pdns.conf" <<END
launch=gsqlite3
gsqlite3-database=$LAB/pdns/db
socket-dir=$LAB/pdns
local-address=127.0.0.10
api=yes
api-key=secret
webserver=yes
webserver-address=127.0.0.10
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
END
    in_lab pdnsutil --config-dir="$LAB/pdns" create-zone "$1" ns1."$1"
    in_lab pdns_server --config-dir="$LAB/pdns" --guardian=no --daemon=no >"$LAB/pdns/log" 2>&1 3>&- {lab_pipe}>&- &
    within 20 answers "$1"
}

answers() {
    [ -n "$(in_lab dig +short +time=1 +tries=1 @127.0.0.10 "$1" SOA)" ]
}

@test "lexicon's example for dehydrated, with PowerDNS" {
    need lexicon pdns_server pdnsutil
    powerdns example.org
    # as it comes, but that without the variable it waits for 3 s, not for 30
    sed 's/:-"30"/:-"3"/' /usr/share/doc/lexicon/examples/dehydrated.default.sh | executable script
    grep -q 'PROVIDER_UPDATE_DELAY:-"3"' script
    printf '%s\n' PROVIDER=powerdns PROVIDER_UPDATE_DELAY=2 LEXICON_POWERDNS_AUTH_TOKEN=secret \
        LEXICON_POWERDNS_PDNS_SERVER=http://127.0.0.10:8081 "HOME=$PWD" >variables
    chmod 600 variables
    configuration <<END
handler = "$PWD/script"
env-file = "$PWD/variables"
authority = { "127.0.0.10" }
END
    run --separate-stderr acmehook -q --format json --verify-timeout 20 try example.org
    [ "$status" = 0 ]
    says '.ok and .traits.adding == "adds" and .traits.cleaning == "own" and .traits.chaining == "all" and .traits.dash == "fine"
        and .traits.unknown_word == "succeeds" and .traits.prints and .traits.waits and (.traits.needs | contains(["PROVIDER"]))
        and .cure == []'
    [[ $output != *secret* ]]
    [ -z "$(in_lab dig +short @127.0.0.10 _acme-challenge.example.org TXT)" ]
}
