# acmehook verify and the verifier, against a name server with faults that real ones do not make
# on demand. tests/e2e has the real ones.
load lib
load fakedns

verifier=$builddir/acmehook-verify
name=_acme-challenge.example.test

# look VERDICT CASE [OPTION...]: what verify says of $digest; times are short
look() {
    local verdict=$1 case=$2 want
    shift 2
    run --separate-stderr "$acmehook" --format json --authority "$authority" --verify-timeout 0.3 "$@" verify dns-01 example.test "$digest"
    want=$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")
    [ "$want" = "$verdict $case" ] || { echo "$output"; echo "$stderr"; return 1; }
    case $verdict in PASS | WARN) status_is 0 ;; FAIL) status_is 3 ;; RETRY) status_is 4 ;; UNKNOWN) status_is 6 ;; esac
}

@test "REFUSED, SERVFAIL and garbage are never a PASS" {
    for action in refused servfail notimp garbage; do
        dns <<<"* * $action"
        run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 0.3 verify dns-01 example.test "$digest"
        [ "$status" -eq 4 ] || [ "$status" -eq 3 ] || [ "$status" -eq 6 ]
    done
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
{"id": 6, "type": "dns-01", "domain": "example.test", "values": ["$digest", "not a digest"]}
{"id": 7, "type": "dns-01", "domain": "$(printf '%063d.' 1 2 3)example.test.for.everybody.who.has.a.very.long.name", "values": ["$digest"]}
{"id": 8, "type": "dns-01", "domain": "example.test", "values": ["$digest"], "ca": "nobody"}
{"id": 9, "type": "dns-01", "domain": "example.test", "values": ["$digest"], "authorities": ["nowhere"]}
{"id": 10, "type": "dns-01", "domain": "example.test", "values": ["$digest"], "timeout_ms": -1}
{"id": 77, "cancel": true}
{"id": 5, "type": "dns-01", "domain": "example.test", "values": ["$digest"], "authorities": ["$authority"], "timeout_ms": 0}
EOF
    status_is 0
    [ "$(jq -r 'select(.id == 5) | .verdict' <<<"$output")" = PASS ]
    [ "$(jq -r 'select(.id != 5) | .verdict' <<<"$output" | sort | uniq -c | tr -s ' ')" = " 10 UNKNOWN" ]
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

# ask FROM TO: questions about as many names, to the verifier or the file on standard output
ask() {
    local i
    for ((i = $1; i <= $2; i++)); do
        printf '{"id": %d, "type": "dns-01", "domain": "n%d.test", "values": ["%s"], "authorities": ["%s"]}\n' "$i" "$i" "$digest" "$authority"
    done
}

@test "a port is used for some queries, and then another one" {
    dns <<END
* TXT ports ports
* TXT txt "$digest"
END
    ask 1 200 | "$verifier" >replies
    [ "$(grep -c '"verdict": "PASS"' replies)" = 200 ]
    [ "$(grep -c udp ports)" -ge 200 ]
    [ "$(sort ports | uniq -c | sort -n | awk 'END { print $1 }')" -le 64 ]
}

@test "queries by TCP share a connection, and answers come in any order" {
    dns <<END
* TXT tc
* TXT ports ports
_acme-challenge.n1.test TXT hold
* TXT txt "$digest"
END
    ask 1 20 | "$verifier" >replies
    [ "$(grep -c '"verdict": "PASS"' replies)" = 20 ]
    [ "$(wc -l <ports)" = 20 ]
    [ "$(sort -u ports | wc -l)" = 1 ]
}

@test "a server that closes the connection after each answer is asked by another one" {
    dns <<END
* TXT tc
* TXT ports ports
* TXT once
* TXT txt "$digest"
END
    ask 1 20 | "$verifier" >replies
    [ "$(grep -c '"verdict": "PASS"' replies)" = 20 ]
    [ "$(sort -u ports | wc -l)" = 20 ]
}

@test "a connection is used again while it is open, and no longer" {
    local to from
    dns <<END
* TXT tc
* TXT ports ports
_acme-challenge.n2.test TXT once
* TXT txt "$digest"
END
    mkfifo questions replies
    "$verifier" <questions >replies 3>&- &
    exec {to}>questions {from}<replies
    for i in 1 2 3 4; do
        ask $i $i >&"$to"
        read -r -t 20 reply <&"$from"
        [[ $reply == *'"verdict": "PASS"'* ]]
    done
    exec {to}>&-
    SECONDS=0
    wait $!
    [ $SECONDS -lt 4 ] # nothing is kept open for its own sake
    exec {from}<&-
    # what comes just when it is closed may have been sent in vain
    [ "$(awk '{ n[$2]++ } END { for (port in n) print n[port] }' ports)" = $'2\n2' ]
}
