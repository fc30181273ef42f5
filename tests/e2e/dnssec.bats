#!/usr/bin/env bats
# What acmehook says about signed zones that a validating resolver accepts, or rejects; and about
# zones whose delegation is not what they say themselves.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
    [ -e "$LAB/up" ] && PATH=/usr/sbin:$PATH command -v dnssec-signzone unbound >/dev/null || return 0
    in_lab "$BATS_TEST_DIRNAME/lab/dnssec/up" "$value"
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

# look STATUS RESOLVER DOMAIN: its JSON in output
look() {
    run "-$1" --separate-stderr acmehook --format json --resolver "$2" --verify-timeout 1 verify dns-01 "$3" "$value"
}

# fake NAME: a resolver with the rules of standard input; sets resolver
fake() {
    cat >rules
    coproc FAKE { in_lab "$builddir/tests/fixture/fakedns" rules 3>&-; }
    # shellcheck disable=SC2153
    read -r port <&"${FAKE[0]}"
    resolver=127.0.0.1#$port
}

unfake() {
    eval "exec ${FAKE[1]}>&-"
    wait "$FAKE_PID" || :
}

@test "a signed zone, and a resolver that validates it" {
    [[ $(in_lab dig +dnssec @127.0.0.54 _acme-challenge.good.test TXT) == *" ad;"* ]]
    look 0 127.0.0.54 good.test
    jq -e '.verdict == "PASS" and .case == "D01"' <<<"$output"
}

@test "D40: a record that is not what was signed" {
    look 3 127.0.0.54 forged.test
    jq -e '.verdict == "FAIL" and .case == "D40" and .ca.type == "dns"
        and .ca.detail == "DNS problem: looking up TXT for _acme-challenge.forged.test: DNSSEC: Bogus"
        and (.reason | contains("127.0.0.54")) and .servers[0].verdict == "PASS"' <<<"$output"
}

@test "D40: signatures of the past: the servers are found all the same" {
    look 3 127.0.0.54 expired.test
    jq -e '.case == "D40" and .servers[0].address == "127.0.0.3"' <<<"$output"
}

@test "a signer that is late gets the time there is: no FAIL before" {
    began=$EPOCHREALTIME
    run -3 --separate-stderr acmehook --resolver 127.0.0.54 --verify-timeout 3 verify dns-01 forged.test "$value"
    [ $(((${EPOCHREALTIME/./} - ${began/./}) / 1000)) -ge 2700 ]
}

@test "D40: Unbound says why" {
    look 3 127.0.0.56 expired.test
    jq -e '.case == "D40" and (.ca.detail | test(": DNSSEC: Signature Expired"))' <<<"$output"
    look 0 127.0.0.56 good.test
    jq -e '.case == "D01"' <<<"$output"
}

@test "D41: signatures of the future" {
    look 4 127.0.0.56 future.test
    jq -e '.verdict == "RETRY" and .case == "D41" and (.ca.detail | test(": DNSSEC: Signature Not Yet Valid"))' <<<"$output"
}

@test "servers that were named are believed without a resolver" {
    run -0 acmehook --authority 127.0.0.3 --resolver 127.0.0.54 --verify-timeout 1 verify dns-01 expired.test "$value"
}

@test "D40: the resolver says why" {
    fake <<<'* * bogus 7 "oh no"
* TXT txt "x"'
    run -3 --separate-stderr acmehook --format json --resolver 127.0.0.54 --resolver "$resolver" --verify-timeout 1 verify dns-01 good.test "$value"
    jq -e '.case == "D40" and (.ca.detail | endswith(": DNSSEC: Signature Expired: oh no")) and (.reason | endswith("Signature Expired: oh no"))' <<<"$output"
    echo '* * bogus 8
* TXT txt "x"' >rules
    run -4 --separate-stderr acmehook --format json --resolver 127.0.0.54 --resolver "$resolver" --verify-timeout 1 verify dns-01 good.test "$value"
    jq -e '.verdict == "RETRY" and .case == "D41"' <<<"$output"
    unfake
}

@test "what a resolver remembers, or cannot tell, does not count against the servers" {
    fake <<<'* * nxdomain'
    run -0 --separate-stderr acmehook --format json --resolver 127.0.0.54 --resolver "$resolver" --verify-timeout 1 verify dns-01 good.test "$value"
    jq -e '.verdict == "PASS" and .case == "D52"' <<<"$output"
    echo '* * servfail' >rules
    run -0 --separate-stderr acmehook --format json --resolver 127.0.0.54 --resolver "$resolver" --verify-timeout 1 verify dns-01 good.test "$value"
    jq -e '.case == "D01"' <<<"$output"
    unfake
}

@test "D62: no resolver can tell: a warning" {
    # It knows the zone, and fails for the challenge.
    fake <<<'_acme-challenge.good.test TXT servfail
good.test SOA soa good.test
good.test NS ns ns1.good.test
ns1.good.test A a 127.0.0.3
* * nodata'
    look 0 "$resolver" good.test
    jq -e '.verdict == "WARN" and .case == "D62"' <<<"$output"
    unfake
}

@test "D37: the zone above names one more server, which has it too: a warning" {
    look 0 127.0.0.54 more.above.test
    jq -e '.verdict == "WARN" and .case == "D37" and (.reason | test("ns2.more.above.test only in the zone above"))
        and ([.servers[] | .address + " " + .verdict] == ["127.0.0.4 PASS", "127.0.0.5 PASS"])' <<<"$output"
}

@test "D37: the zone above names one more server, which does not have it: it is waited for" {
    look 4 127.0.0.54 stale.above.test
    jq -e '.verdict == "RETRY" and .case == "D37" and (.reason | test("1 of 3 servers .* ns2.stale.above.test .127.0.0.5."))
        and .ca.detail == "DNS problem: NXDOMAIN looking up TXT for _acme-challenge.stale.above.test - check that a DNS record exists for this domain"' <<<"$output"
}

@test "D39: a private address beside a public one: a warning" {
    look 0 127.0.0.54 mixed.above.test
    jq -e '.verdict == "WARN" and .case == "D39" and (.reason | test("cannot ask ns1.mixed.above.test .127.0.0.4.$"))
        and ([.servers[] | select(.reason) | .address] == ["127.0.0.4"])' <<<"$output"
}
