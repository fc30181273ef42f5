#!/usr/bin/env bats
# dns-01, as real name servers and resolvers have it in odd but not unheard-of cases.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
    [ -e "$LAB/up" ] && command -v dnssec-signzone >/dev/null && PATH=/usr/sbin:$PATH command -v unbound >/dev/null || return 0
    in_lab "$BATS_TEST_DIRNAME/lab/dns/up" "$value"
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    need dnssec-keygen dnssec-signzone unbound
    cd "$BATS_TEST_TMPDIR"
    configuration </dev/null
}

value=LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo
old=-v-q47UVq9vCEddok0bp7Ha3YyUsHp8fwGJhj8ZXC0g

# look VERDICT CASE DOMAIN [OPTION...]: what verify says; its JSON is in output
look() {
    run --separate-stderr acmehook --format json --resolver "${resolver:-127.0.0.55}" --verify-timeout 1 "${@:4}" verify dns-01 "$3" "$value"
    [ "$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")" = "$1 $2" ]
}

# says FILTER: jq is content with it
says() {
    jq -e "$@" <<<"$output"
}

@test "D20: the CNAME of a wildcard" {
    look RETRY D20 www.wild.up.test
    says '(.hint | test("target.up.test")) and .servers[0].address == "127.0.0.6"'
}

@test "D21: the text of a wildcard" {
    look RETRY D21 www.text.wild.up.test
    says '.ca.detail == "Incorrect TXT record \"v=spf1 -all\" found at _acme-challenge.www.text.wild.up.test"'
}

@test "D25: a DNAME above" {
    look PASS D25 www.old.up.test
    says '.reason | test("_acme-challenge.www.new.up.test")'
}

@test "D26: the challenge name is a zone of its own" {
    look PASS D01 cut.up.test
    says '[.servers[].address] == ["127.0.0.7", "127.0.0.6"]'
}

@test "D34: a name server that does not answer by IPv6" {
    in_lab dig +short +time=1 +tries=1 @::1 six.test SOA | grep -q '^ns1' || skip "no IPv6 here"
    look WARN D34 six.up.test --verify-timeout 12
    says '(.reason | contains("fd00::6")) and ([.servers[] | select(.verdict == "PASS") | .address] == ["127.0.0.6"])'
}

@test "D35: a name server that has an IPv6 address only, to which there is no way" {
    look WARN D35 far.up.test
    says '(.reason | contains("2001:db8::6")) and ([.servers[].verdict] == ["PASS", "UNKNOWN"])'
}

@test "D36: only the hidden primary has it" {
    look RETRY D36 hidden.up.test
    says '(.reason | test("primary.hidden.up.test")) and (.ca.detail | test("NXDOMAIN"))
        and ([.servers[].address] == ["127.0.0.6"])'
}

@test "D38: a name server without an address" {
    look WARN D38 lost.up.test
    says '.reason | test("nowhere.up.test")'
}

@test "D42: a name server denies it, with a signature" {
    look RETRY D42 denied.up.test
    says '(.reason | test("ns2.denied.up.test .127.0.0.7.")) and (.ca.detail | test("NXDOMAIN"))'
}

@test "D51: a server that limits its rate" {
    local n=0
    until in_lab dig +ignore +nocookie +time=1 +tries=1 @127.0.0.7 _acme-challenge.limited.up.test TXT | grep -q '^;; flags:.* tc'; do
        n=$((n + 1))
        [ "$n" -lt 50 ]
    done
    look PASS D01 limited.up.test
}

@test "D52: a resolver remembers that it was not there" {
    in_lab dig +short +time=2 @127.0.0.53 _acme-challenge.d52.example.test TXT
    update "add _acme-challenge.d52.example.test. 30 TXT $value"
    resolver=127.0.0.53
    look PASS D52 d52.example.test --verify-timeout 20
    says '.reason | test("127.0.0.53 remembers for [0-9]+ s more that it was not there")'
}

@test "D53: a resolver remembers another value" {
    update "add _acme-challenge.d53.example.test. 30 TXT $old"
    in_lab dig +short +time=2 @127.0.0.53 _acme-challenge.d53.example.test TXT
    update "delete _acme-challenge.d53.example.test. TXT" "add _acme-challenge.d53.example.test. 30 TXT $value"
    resolver=127.0.0.53
    look PASS D53 d53.example.test --verify-timeout 20
    says '.reason | test("127.0.0.53 remembers other values for [0-9]+ s more")'
}

# fake [ADDRESS]: a server with the rules of standard input; sets fake
fake() {
    cat >rules
    coproc FAKE { in_lab "$builddir/tests/fixture/fakedns" rules "${1:-127.0.0.1}" 3>&-; }
    # shellcheck disable=SC2153
    read -r port <&"${FAKE[0]}"
    fake=127.0.0.1#$port
}

unfake() {
    eval "exec ${FAKE[1]}>&-"
    wait "$FAKE_PID" || :
}

@test "D54: this host has a view of the zone of its own" {
    # Inside, the zone has a name server that the world does not know.
    fake <<'END'
split.up.test SOA soa split.up.test
split.up.test NS ns inside.up.test
inside.up.test A a 127.0.0.6
up.test SOA soa up.test
up.test NS ns ns1.up.test
ns1.up.test A a 127.0.0.7
ns1.split.up.test A a 11.0.0.9
* * nodata up.test
END
    resolver=$fake
    look UNKNOWN D54 split.up.test
    says '.reason | test("ns1.split.up.test only in the zone above")'
    unfake
}

@test "D55: the domain is not registered" {
    look RETRY D55 nobody.test --resolver 127.0.0.53
    says '.ca.detail | test("NXDOMAIN")'
    # for a public CA no waiting helps
    resolver=127.0.0.53
    look FAIL D55 nobody.test --verify-timeout 60 --ca letsencrypt
}

@test "D58: a server denies the name above, which has a name below" {
    fake 127.0.0.9#53 <<END
broken.up.test SOA soa broken.up.test
broken.up.test NS ns ns1.broken.up.test
ns1.broken.up.test A a 127.0.0.9
_acme-challenge.www.broken.up.test TXT txt "$value"
* * nxdomain broken.up.test
END
    look WARN D58 www.broken.up.test
    says '.reason | test("denies the name above it, www.broken.up.test")'
    unfake
}

@test "D39: a public CA cannot ask private addresses at all" {
    look FAIL D39 www.old.up.test --ca letsencrypt
    says '.ca.detail | test("SERVFAIL")'
    look PASS D25 www.old.up.test --ca pebble
}
