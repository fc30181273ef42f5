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

@test "verify --file: a file with a question a line, each answered; the worst decides" {
    dns <<END
_acme-challenge.a.test TXT txt "$digest"
_acme-challenge.b.test TXT txt "$digest" "$digest2"
_acme-challenge.c.test TXT txt "$digest3"
* CAA caa 0 issue "letsencrypt.org"
* * nxdomain
END
    printf '# ours\r\ndns-01 a.test %s\r\n\r\n ; more\r\n\tdns-01  b.test %s\t%s \r\n' "$digest" "$digest" "$digest2" >names
    run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 0 verify --file names
    status_is 0
    [ "$(sort <<<"$output" | sed 's/ ([0-9.]* s)$//')" = "PASS D01: dns-01 a.test: 1 of 1 servers have it
PASS D01: dns-01 b.test: 1 of 1 servers have it" ]
    stderr_is "acmehook: verify: names: 2 PASS"
    # --quiet: only what is not well
    printf 'dns-01 d.test %s\ncaa *.a.test dns-01' "$digest" >>names
    run --separate-stderr "$acmehook" --quiet --ca letsencrypt --authority "$authority" --verify-timeout 0 verify --file names
    status_is 4
    [[ $output == "RETRY D02: dns-01 d.test: "* ]]
    [[ $output != *PASS* ]]
    stderr_is ""
    # as data, with the number of the line
    run --separate-stderr "$acmehook" --format json --ca letsencrypt --authority "$authority" --verify-timeout 0 verify --file - <names
    status_is 4
    [ "$(jq -c '[.line, .type, .domain, .verdict]' <<<"$output" | sort | tr '\n' ' ')" = '[2,"dns-01","a.test","PASS"] [5,"dns-01","b.test","PASS"] [6,"dns-01","d.test","RETRY"] [7,"caa","*.a.test","PASS"] ' ]
    stderr_is "acmehook: verify: -: 3 PASS, 1 RETRY"
}

@test "verify --file: lines that are no questions are told of, with their numbers; the others are answered" {
    dns <<<"* TXT txt \"$digest\""
    {
        echo "dns-01 a.test"
        echo "dns-02 a.test $digest"
        echo "dns-01"
        echo "{\"id\": 1}"
        echo "caa a.test"
        echo "dns-01 a..test $digest"
        printf 'dns-01 a.test\0 %s\n' "$digest"
        echo "dns-01 a.test$(printf ' %.0s'"$digest" {1..100})"
        head -c 1100000 /dev/zero | tr '\0' 'd'
        echo
        echo "dns-01 a.test $digest"
    } >names
    run --separate-stderr "$acmehook" --authority "$authority" --verify-timeout 0 verify --file names
    status_is 2
    [[ $output == "PASS D01: dns-01 a.test: "* ]]
    [ "$(grep -c '^acmehook: verify: names:[0-9]*: ' <<<"$stderr")" = 9 ]
    for i in {1..9}; do grep -q "^acmehook: verify: names:$i: " <<<"$stderr"; done
    stderr_has "names:3: there is no name behind \"dns-01\""
    stderr_has "names:9: is longer than 1 MiB"
    stderr_has "acmehook: verify: names: 1 PASS, 9 wrong lines"
    for file in nothing .; do
        run --separate-stderr "$acmehook" verify --file "$file"
        status_is 2
        [[ $stderr == "acmehook: verify: file: $file: "* ]]
    done
}

@test "verify --file: thousands, and a signal ends it" {
    dns <<<"* TXT txt \"$digest\""
    for ((i = 1; i <= 3000; i++)); do echo "dns-01 n$i.test $digest"; done >names
    run --separate-stderr "$acmehook" --authority "$authority" verify --file names
    status_is 0
    [ "$(sort -u <<<"$output" | grep -c '^PASS')" = 3000 ]
    dns <<<"* * nxdomain"
    mkfifo more
    "$acmehook" --authority "$authority" verify --file more >out 2>err 3>&- &
    exec {to}>more
    echo "dns-01 a.test $digest" >&"$to"
    echo "dns-01 a..test $digest" >&"$to"
    until grep -q 'more:2: ' err; do sleep 0.05; done
    kill -TERM $!
    status=0
    wait $! || status=$?
    [ "$status" -eq 75 ]
    exec {to}>&-
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

# said ID FILTER: is jq content with the reply that has this id?
said() {
    jq -es --argjson id "$1" "map(select(.id == \$id)) | length == 1 and (.[0] | $2)" <<<"$output"
}

@test "the verifier takes questions of words, and options for all of them" {
    dns <<END
_acme-challenge.a.test TXT txt "$digest" "$digest2"
_acme-challenge.b.test TXT txt "$digest3"
* CAA caa 0 issue "letsencrypt.org"
* A nodata
* AAAA nodata
END
    run --separate-stderr "$verifier" --authority "$authority" --ca letsencrypt <<END
dns-01 a.test $digest
# a comment, and an empty line

 ; another one
	dns-01   A.Test.  $digest2	$digest
{"id": "j", "type": "dns-01", "domain": "a.test", "values": ["$digest2"]}
dns-01 b.test $digest
caa *.a.test dns-01
http-01 a.test $key_auth
{"id": "elsewhere", "type": "dns-01", "domain": "a.test", "values": ["$digest"], "authorities": ["127.0.0.1#1"]}
END
    status_is 0
    stderr_is ""
    said 1 '.verdict == "PASS" and .name == "_acme-challenge.a.test"'
    said 5 '.verdict == "PASS" and .name == "_acme-challenge.a.test"'
    said '"j"' '.verdict == "PASS"'
    said 7 '.verdict == "RETRY" and .case == "D04" and .attempts == 1'
    said 8 '.verdict == "PASS"'
    said 9 '.verdict != "PASS" and .ca.type == "dns"'
    said '"elsewhere"' '.verdict != "PASS"'
    [ "${#lines[@]}" -eq 7 ]
}

@test "lines end as they like; the last one need not end at all" {
    dns <<<"* TXT txt \"$digest\""
    printf 'dns-01 a.test %s\r\n\r\n# c\r\ndns-01 b.test %s \r\ndns-01 c.test %s' "$digest" "$digest" "$digest" >names
    run --separate-stderr "$verifier" --authority "$authority" <names
    status_is 0
    [ "$(jq -c '[.id, .verdict]' <<<"$output" | sort | tr '\n' ' ')" = '[1,"PASS"] [4,"PASS"] [5,"PASS"] ' ]
    # the same by a pipe, in pieces
    run --separate-stderr bash -c 'while IFS= read -r -n 7 -d "" part || [ -n "$part" ]; do printf %s "$part"; done <names | "$0" --authority "$1"' "$verifier" "$authority"
    [ "$(jq -c '[.id, .verdict]' <<<"$output" | sort | tr '\n' ' ')" = '[1,"PASS"] [4,"PASS"] [5,"PASS"] ' ]
}

@test "a line that is no question is one sentence with its number; those behind it are answered" {
    dns <<<"* TXT txt \"$digest\""
    {
        echo "dsn-01 a.test $digest"
        echo "dns-01"
        echo "dns-01 a.test"
        echo "dns-01 a..test $digest"
        echo "dns-01 *.test $digest"
        echo "dns-01 a.test short"
        echo "dns-01 a.test $digest # of mine"
        echo "http-01 a.test $key_auth $key_auth"
        echo "http-01 a.test nodot/"
        echo "caa a.test"
        echo "caa a.test dns-01 http-01"
        echo "dns-account-01 a.test $digest"
        echo "dns-persist-01 a.test $digest"
        printf 'dns-01 a.test\0 %s\n' "$digest"
        printf 'dns-01 \377\376.test %s\n' "$digest"
        echo "dns-01 a.test$(printf ' %.0s'"$digest" {1..101})"
        echo "dns-01 a.test $(head -c 1025 /dev/zero | tr '\0' x)"
        echo "[1]"
        echo "DNS-01 a.test $digest"
    } >names
    local bad
    bad=$(wc -l <names)
    head -c 1100000 /dev/zero | tr '\0' 'd' >>names
    echo >>names
    echo "dns-01 a.test $digest" >>names
    run --separate-stderr "$verifier" --authority "$authority" <names
    status_is 0
    stderr_is ""
    [ "${#lines[@]}" -eq $((bad + 2)) ]
    for ((i = 1; i <= bad; i++)); do
        said $i '.verdict == "UNKNOWN" and (.reason | startswith("line \($id): ") and length > 20)'
    done
    said null '.verdict == "UNKNOWN" and .reason == "line 20 is longer than 1 MiB"'
    said 21 '.verdict == "PASS"'
    said 1 '.reason == "line 1: it does not begin with a type of check, such as dns-01"'
    said 3 '.reason == "line 3: there is no value behind the name"'
}

@test "members of another type than they should have are not passed over" {
    run --separate-stderr "$verifier" <<END
{"id": 1, "type": "dns-01", "domain": "a.test", "values": ["$digest"], "absent": "true"}
{"id": 2, "type": "dns-01", "domain": "a.test", "values": "$digest"}
{"id": 3, "type": "dns-01", "domain": ["a.test"], "values": ["$digest"]}
{"id": 4, "type": "dns-01", "domain": "a.test", "values": ["$digest"], "timeout_ms": "5"}
{"id": 5, "type": "dns-01", "domain": "a.test", "values": ["$digest"], "http_port": 65536}
{"id": 6, "type": "dns-01", "domain": "a.test", "values": ["$digest"], "authorities": "127.0.0.1"}
{"id": 7, "type": "dns-01", "domain": "a.test", "values": ["$digest"], "known": [1]}
{"id": 8, "type": 1, "domain": "a.test", "values": ["$digest"]}
END
    status_is 0
    [ "${#lines[@]}" -eq 8 ]
    jq -es 'all(.verdict == "UNKNOWN" and (.reason | startswith("\"") or startswith("there is no check")))' <<<"$output"
}

@test "the verifier's options: wrong ones are a sentence and exit status 2" {
    wrong() { # SENTENCE ARGUMENT...
        run --separate-stderr "$verifier" "${@:2}" </dev/null
        status_is 2
        stdout_is ""
        stderr_is "acmehook-verify: $1"
    }
    wrong 'authority: "ns1.test" is not ADDR or ADDR#PORT; write 192.0.2.1, or 2001:db8::1#5353' --authority ns1.test
    wrong 'ca: "x" is none of generic, letsencrypt, pebble' --ca x
    wrong 'verify-timeout: "25h" is not a time of at most a day; write 90, 2.5 or 5m' --verify-timeout 25h
    wrong 'tls-port: "0" is not a port from 1 to 65535' --tls-port 0
    wrong '--resolver needs a value; see acmehook-verify --help' --resolver
    wrong '--help=1 takes no value; see acmehook-verify --help' --help=1
    wrong '--hlp is not an option; see acmehook-verify --help' --hlp
    wrong '-x is not an option; see acmehook-verify --help' -x
    wrong '"names" is no option; questions are read from standard input; see acmehook-verify --help' names
    run --separate-stderr "$verifier" --help
    status_is 0
    [[ $output == "usage: acmehook-verify "* ]]
}

@test "of a file no more is read than is looked at; all of it is answered" {
    dns <<<"* TXT txt \"$digest\""
    for ((i = 1; i <= 3000; i++)); do echo "dns-01 n$i.test $digest"; done >names
    "$verifier" --authority "$authority" <names >replies
    [ "$(grep -c '"verdict": "PASS"' replies)" = 3000 ]
    [ "$(jq .id replies | sort -nu | wc -l)" = 3000 ]
    # those that must be waited for keep the others waiting for their first look at most
    dns <<<"* TXT nodata"
    run --separate-stderr "$verifier" --authority "$authority" --verify-timeout 0.6 <<<"$(head -n 1500 names)"
    [ "$(jq -s 'map(select(.verdict == "RETRY" and .attempts >= 2)) | length' <<<"$output")" = 1500 ]
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
