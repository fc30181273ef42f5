# acmehook verify and the verifier, against a name server with faults that real ones do not make
# on demand. tests/e2e has the real ones.
load lib

verifier=$builddir/acmehook-verify
name=_acme-challenge.example.test

# dns: rules on stdin; starts the server, or gives it other rules; sets authority
dns() {
    cat >rules
    [ -z "${authority-}" ] || return 0
    coproc DNS { exec "$builddir/tests/fixture/fakedns" rules 3>&-; }
    # shellcheck disable=SC2153
    read -r port <&"${DNS[0]}"
    authority=127.0.0.1#$port
}

teardown() {
    # shellcheck disable=SC2153
    [ -z "${DNS_PID-}" ] || { eval "exec ${DNS[1]}>&-"; wait "$DNS_PID"; } 2>/dev/null || :
}

# look VERDICT CASE [OPTION...]: what verify says of $digest; times are short
look() {
    local verdict=$1 case=$2 want
    shift 2
    run --separate-stderr "$acmehook" --format json --authority "$authority" --verify-timeout 0.3 "$@" verify dns-01 example.test "$digest"
    want=$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")
    [ "$want" = "$verdict $case" ] || { echo "$output"; echo "$stderr"; return 1; }
    case $verdict in PASS | WARN) status_is 0 ;; FAIL) status_is 3 ;; RETRY) status_is 4 ;; UNKNOWN) status_is 6 ;; esac
}

@test "D01 the value is there" {
    dns <<<"$name TXT txt \"$digest\""
    look PASS D01
    jq -e --arg a "$authority" --arg v "$digest" '.ca == null and .hint == null and .attempts == 1 and .type == "dns-01" and .domain == "example.test"
        and .servers[0].address == $a and .servers[0].values == [$v] and .servers[0].rcode == "NOERROR"' <<<"$output"
}

@test "D02 the name does not exist, D03 it has no TXT, D04 it has another value" {
    dns <<<"* * nxdomain"
    look RETRY D02
    jq -e '.ca.type == "dns" and (.ca.detail | test("NXDOMAIN looking up TXT for _acme-challenge.example.test"))' <<<"$output"
    dns <<<"* * nodata"
    look RETRY D03
    jq -e '.ca.type == "unauthorized" and .ca.detail == "No TXT record found at _acme-challenge.example.test"' <<<"$output"
    dns <<<"$name TXT txt \"$digest2\""
    look RETRY D04
    jq -e --arg d "Incorrect TXT record \"$digest2\" found at _acme-challenge.example.test" '.ca.detail == $d' <<<"$output"
}

@test "D05 among others, D06 in several strings" {
    dns <<<"$name TXT txt \"$digest2\" \"$digest\" \"other\""
    look PASS D05
    dns <<<"$name TXT txt \"${digest:0:10}|${digest:10}\""
    look PASS D06
}

@test "values that look right and are not: FAIL at once, with a hint" {
    dns <<<"$name TXT txt \"\\034$digest\\034\""
    look FAIL D08 --verify-timeout 60
    jq -e '.hint | length > 10' <<<"$output"
    dns <<<"$name TXT txt \"$digest\\032\""
    look FAIL D09 --verify-timeout 60
    dns <<<"$name TXT txt \"$digest=\""
    look FAIL D10 --verify-timeout 60
    dns <<<"$name TXT txt \"${digest,,}\""
    look FAIL D11 --verify-timeout 60
    dns <<<"$name TXT txt \"$key_auth\""
    look FAIL D12 --verify-timeout 60
}

@test "the value at another name: FAIL at once, with a hint" {
    local case other
    while read -r case other; do
        dns <<EOF
$other TXT txt "$digest"
* * nxdomain
EOF
        SECONDS=0
        look FAIL "$case" --verify-timeout 60
        [ $SECONDS -le 10 ]
        jq -e --arg o "$other" --arg n "$name" '(.reason | contains($o) and contains($n)) and (.hint | length > 10)
            and (.ca.detail | test("NXDOMAIN looking up TXT for _acme-challenge.example.test"))' <<<"$output"
    done <<EOF
D14 $name.example.test
D15 example.test
D16 _acme-challenge.*.example.test
EOF
    # somebody else's value there means nothing
    dns <<EOF
example.test TXT txt "$digest2"
* * nodata
EOF
    look RETRY D03
    # and none does when the right one is there
    dns <<EOF
* TXT txt "$digest"
EOF
    look PASS D01
}

@test "a truncated answer is asked for again over TCP" {
    dns <<EOF
$name TXT tc
$name TXT txt "$digest"
EOF
    look PASS D01
}

@test "EDNS that is not understood is left out" {
    dns <<EOF
$name TXT formerr-edns
$name TXT txt "$digest"
EOF
    look PASS D01
}

@test "answers with another id or to another question are not believed" {
    dns <<EOF
$name TXT wrong-id 3
$name TXT txt "$digest"
EOF
    look PASS D01
    dns <<EOF
$name TXT wrong-question 3
$name TXT txt "$digest"
EOF
    look PASS D01
    dns <<EOF
$name TXT wrong-id 1000000
$name TXT txt "$digest"
EOF
    run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 0.3 verify dns-01 example.test "$digest"
    # TCP has no such attack: it may well be proven there
    [ "$status" -eq 0 ] || [ "$status" -eq 4 ]
}

@test "REFUSED, SERVFAIL and garbage are never a PASS" {
    for action in refused servfail notimp garbage; do
        dns <<<"* * $action"
        run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 0.3 verify dns-01 example.test "$digest"
        [ "$status" -eq 4 ] || [ "$status" -eq 3 ] || [ "$status" -eq 6 ]
    done
}

@test "what is not authoritative does not count" {
    dns <<EOF
$name TXT notauth
$name TXT txt "$digest"
EOF
    run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 0.3 verify dns-01 example.test "$digest"
    [ "$status" -ne 0 ]
}

@test "D18 through a CNAME, D22 whose target is not there, D23 in a circle" {
    dns <<EOF
$name TXT cname x.alias.test
x.alias.test TXT txt "$digest"
EOF
    look PASS D18
    dns <<EOF
$name TXT cname x.alias.test
* * nxdomain
EOF
    look RETRY D22
    dns <<EOF
$name TXT cname x.alias.test
x.alias.test TXT cname $name
EOF
    look FAIL D23 --verify-timeout 60
}

@test "one server has it and the other does not: D28, and the one that does not is named" {
    dns <<<"$name TXT txt \"$digest\""
    local first=$authority
    coproc OTHER { exec "$builddir/tests/fixture/fakedns" other.rules 3>&-; }
    echo "* * nxdomain" >other.rules
    # shellcheck disable=SC2153
    read -r port <&"${OTHER[0]}"
    look RETRY D28 --authority "127.0.0.1#$port"
    jq -e --arg a "127.0.0.1#$port" '.reason | contains($a)' <<<"$output"
    [ "$authority" = "$first" ]
    eval "exec ${OTHER[1]}>&-"
}

@test "nobody listens, nobody answers: not a PASS, and not longer than the time set" {
    authority=127.0.0.1#1
    SECONDS=0
    run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 1 verify dns-01 example.test "$digest"
    [ "$status" -eq 4 ]
    authority=
    dns <<<"* * silent"
    run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 1 verify dns-01 example.test "$digest"
    [ "$status" -eq 4 ]
    [ $SECONDS -le 6 ]
}

@test "D33 the resolvers say that there is no such zone: RETRY; they say nothing: UNKNOWN" {
    for action in servfail refused nodata; do
        dns <<<"* * $action"
        run --separate-stderr "$acmehook" --format json --resolver "$authority" --verify-timeout 0.3 verify dns-01 example.test "$digest"
        status_is 4
        jq -e '.verdict == "RETRY" and .case == "D33" and (.ca.detail | test("SERVFAIL"))' <<<"$output"
    done
    run --separate-stderr "$acmehook" --format json --resolver 127.0.0.1#1 --verify-timeout 0.3 verify dns-01 example.test "$digest"
    status_is 6
    jq -e '.verdict == "UNKNOWN" and .case == null and .ca == null' <<<"$output"
}

@test "it waits until the value is there" {
    dns <<<"* * nxdomain"
    coproc V { exec "$verifier" 3>&-; }
    # shellcheck disable=SC2153,SC2154
    echo "{\"id\": 1, \"type\": \"dns-01\", \"domain\": \"example.test\", \"values\": [\"$digest\"], \"authorities\": [\"$authority\"], \"timeout_ms\": 60000, \"progress\": true}" >&"${V[1]}"
    # it has looked, and told of it: only now the record appears
    read -r line <&"${V[0]}"
    jq -e '.progress and .attempts == 1' <<<"$line"
    echo "$name TXT txt \"$digest\"" >rules.new
    mv rules.new rules
    while read -r line <&"${V[0]}"; do jq -e .progress <<<"$line" || break; done
    jq -e '.verdict == "PASS" and .attempts > 1' <<<"$line"
    eval "exec ${V[1]}>&-"
}

@test "all of several values must be there" {
    dns <<<"$name TXT txt \"$digest\" \"$digest2\""
    run "$acmehook" --authority "$authority" --verify-timeout 0 verify dns-01 example.test "$digest" "$digest2"
    [ "$status" -eq 0 ]
    run "$acmehook" --authority "$authority" --verify-timeout 0 verify dns-01 example.test "$digest" "$digest3"
    [ "$status" -eq 4 ]
}

@test "values that begin with - can be asked for" {
    dns <<<"$name TXT txt \"$digest2\""
    run "$acmehook" --authority "$authority" --verify-timeout 0 verify dns-01 example.test "$digest2"
    [ "$status" -eq 0 ]
}

@test "what cannot be asked is refused with a sentence" {
    for words in "dns-01 a..test $digest" "dns-01 example.test short" "dns-01 192.0.2.1 $digest" "dns-02 example.test $digest" \
        "http-01 example.test $digest" "http-01 example.test $key_auth $key_auth"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" verify $words
        status_is 2
        stdout_is ""
        [[ $stderr == "acmehook: verify: "* ]]
    done
    for address in nonsense ns1.example.test 127.0.0.1:53 127.0.0.1# 127.0.0.1#0 '127.0.0.1#5 3' ::1#70000; do
        run --separate-stderr "$acmehook" --authority "$address" verify dns-01 example.test "$digest"
        status_is 2
        stderr_is "acmehook: authority: \"$address\" is not ADDR or ADDR#PORT; write 192.0.2.1, or 2001:db8::1#5353"
    done
}

@test "http-01: an address as identifier needs no DNS; nobody listens" {
    run --separate-stderr "$acmehook" --format json --http-port 1 --verify-timeout 0 verify http-01 127.0.0.1 "$key_auth"
    status_is 4
    jq -e '.case == "H34"' <<<"$output"
}

@test "the verifier answers what makes no sense, and goes on" {
    dns <<<"$name TXT txt \"$digest\""
    run --separate-stderr "$verifier" <<EOF
nonsense
{"id": 1}
{"id": 2, "type": "dns-99", "domain": "example.test", "values": ["x"]}
{"id": 3, "type": "dns-01", "domain": "example.test", "values": []}
{"id": 4, "type": "dns-01", "domain": "exa mple.test", "values": ["$digest"]}
{"id": 77, "cancel": true}
{"id": 5, "type": "dns-01", "domain": "example.test", "values": ["$digest"], "authorities": ["$authority"], "timeout_ms": 0}
EOF
    status_is 0
    [ "$(jq -r 'select(.id == 5) | .verdict' <<<"$output")" = PASS ]
    [ "$(jq -r 'select(.id != 5) | .verdict' <<<"$output" | sort | uniq -c | tr -s ' ')" = " 5 UNKNOWN" ]
    jq -e '.reason | length > 5' <<<"$output"
    # all keys are there, whatever the question was
    jq -e 'keys == (["id", "verdict", "case", "ca", "reason", "hint", "name", "attempts", "ms", "servers"] | sort)' <<<"$output"
    jq -es 'all(.id == 5 or [.ca, .hint, .name, .attempts, .ms, .servers] == [null, null, null, 0, 0, []])' <<<"$output"
}

@test "a cancelled question gets no answer" {
    dns <<<"* * nxdomain"
    run --separate-stderr "$verifier" <<EOF
{"id": 1, "type": "dns-01", "domain": "example.test", "values": ["$digest"], "authorities": ["$authority"], "timeout_ms": 60000}
{"id": 1, "cancel": true}
EOF
    status_is 0
    stdout_is ""
}

@test "root's verifier is not root any more" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    dns <<<"* * nxdomain"
    coproc V { exec "$verifier" 3>&-; }
    # shellcheck disable=SC2153,SC2154
    echo "{\"id\": 1, \"type\": \"dns-01\", \"domain\": \"example.test\", \"values\": [\"$digest\"], \"authorities\": [\"$authority\"], \"timeout_ms\": 60000, \"progress\": true}" >&"${V[1]}"
    read -r line <&"${V[0]}"
    # shellcheck disable=SC2154
    status=$(cat "/proc/$V_PID/status")
    echo '{"id": 1, "cancel": true}' >&"${V[1]}"
    eval "exec ${V[1]}>&-"
    if [ "$(awk '{print $1 + $3}' /proc/self/uid_map)" -gt 65534 ]; then
        grep -qE '^Uid:(\s65534){4}$' <<<"$status"
        grep -qE '^Gid:(\s65534){4}$' <<<"$status"
    fi
    grep -qE '^CapEff:\s0000000000000000$' <<<"$status"
    grep -qE '^NoNewPrivs:\s1$' <<<"$status"
}
