#!/usr/bin/env bats
# CAA, by way of real resolvers and name servers of several zones.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
    [ -e "$LAB/up" ] && command -v dnssec-signzone >/dev/null || return 0
    in_lab "$BATS_TEST_DIRNAME/lab/dnssec/up" LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    need
    cd "$BATS_TEST_TMPDIR" || return
    configuration </dev/null
}

# caa STATUS [OPTION...] NAME [TYPE]: its JSON in output
caa() {
    run "-$1" --separate-stderr acmehook --format json --caa-identity ca.example --verify-timeout 1 "${@:2:$#-2}" verify caa "${@: -1}"
}

@test "C01 none, from the name up to the top-level domain, each level at the servers of its zone" {
    caa 0 www.sub.example.test
    jq -e '.verdict == "PASS" and .case == "C01"
        and [.servers[] | .asked + " " + .address] == ["www.sub.example.test 127.0.0.1", "www.sub.example.test 127.0.0.2",
            "sub.example.test 127.0.0.1", "sub.example.test 127.0.0.2", "example.test 127.0.0.1", "example.test 127.0.0.2", "test 127.0.0.1"]' <<<"$output"
}

@test "a record of a name above decides, also for names that do not exist" {
    caa 0 www.caa.other.test
    jq -e '.case == "C01" and .name == "caa.other.test"' <<<"$output"
    run -3 acmehook --ca letsencrypt --verify-timeout 1 verify caa www.caa.other.test
    [[ $output == "FAIL C02"*"0 issue \"ca.example; validationmethods=dns-01\""* ]]
    run -3 acmehook --caa-identity ca.example --verify-timeout 1 verify caa '*.caa.other.test' http-01
    [[ $output == "FAIL C04"* ]]
}

@test "C07 no server of the zone answers for it" {
    caa 4 www.dead.test
    jq -e '.case == "C07" and .ca.type == "dns"' <<<"$output"
}

@test "a lame server beside a good one does not matter" {
    caa 0 lame.test
    jq -e '.case == "C01" and ([.servers[] | select(.address == "127.0.0.2") | .verdict] == ["WARN"])' <<<"$output"
}

@test "C07 a resolver rejects the signatures" {
    need dnssec-keygen dnssec-signzone
    caa 0 --resolver 127.0.0.54 --resolver 127.0.0.53 good.test
    caa 4 --resolver 127.0.0.54 --resolver 127.0.0.53 expired.test
    jq -e '.case == "C07" and (.reason | contains("127.0.0.54")) and (.ca.detail | startswith("While processing CAA for expired.test: DNS problem: looking up CAA for expired.test: DNSSEC: "))' <<<"$output"
}
