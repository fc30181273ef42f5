# The cases of dns-01 that a name server with faults can make, each by its number; real servers make
# the others, in tests/e2e. The last test counts them all.
load lib
load fakedns

name=_acme-challenge.example.test

# dns: the same as server or rules, for the server called one
dns() {
    if [ -z "${one-}" ]; then server one; else rules one; fi
}

# look VERDICT CASE [OPTION...]: what verify says of $values, at a single look
look() {
    local verdict=$1 case=$2 want
    shift 2
    # shellcheck disable=SC2086
    run --separate-stderr "$acmehook" --format json --authority "$one" ${two:+--authority "$two"} --verify-timeout 0 "$@" verify dns-01 example.test ${values-$digest}
    want=$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")
    [ "$want" = "$verdict $case" ] || { echo "$output"; echo "$stderr"; return 1; }
    case $verdict in PASS | WARN) status_is 0 ;; FAIL) status_is 3 ;; RETRY) status_is 4 ;; UNKNOWN) status_is 6 ;; esac
}

# at_once VERDICT CASE: the same, long before the time is up
at_once() {
    local began=$SECONDS
    look "$@" --verify-timeout 120
    [ $((SECONDS - began)) -lt 60 ]
    jq -e '.hint | length > 10' <<<"$output"
}

# says FILTER [ARGUMENT...]: jq is content with the output; $n is the challenge name, $one and $two the servers
says() {
    jq -e --arg n "$name" --arg one "$one" --arg two "${two-}" "${@:2}" "$1" <<<"$output"
}

nxdomain="DNS problem: NXDOMAIN looking up TXT for $name - check that a DNS record exists for this domain"
servfail="DNS problem: SERVFAIL looking up TXT for $name - the domain's nameservers may be malfunctioning"

@test "D01: the value is there" {
    dns <<<"$name TXT txt \"$digest\""
    look PASS D01
    says '.ca == null and .hint == null and .attempts == 1 and .type == "dns-01" and .domain == "example.test"
        and .servers[0].address == $one and .servers[0].values == [$v] and .servers[0].rcode == "NOERROR"' --arg v "$digest"
}

@test "D02: the name does not exist" {
    dns <<<"* * nxdomain"
    look RETRY D02
    says '.ca == {type: "dns", detail: $ca}' --arg ca "$nxdomain"
}

@test "D02: the value in an answer that says there is no such name: a resolver believes the code" {
    dns <<EOF
$name TXT with txt $digest
$name TXT nxdomain test
EOF
    look RETRY D02
    says '.ca.detail == $ca and .servers[0].values == [$v]' --arg ca "$nxdomain" --arg v "$digest"
}

@test "D03: the name has no TXT record" {
    dns <<<"* * nodata"
    look RETRY D03
    says '.ca == {type: "unauthorized", detail: ("No TXT record found at " + $n)}'
}

@test "D04: another value only" {
    dns <<<"$name TXT txt \"google-site-verification=x\" \"b\""
    look RETRY D04
    says '.ca == {type: "unauthorized", detail: ("Incorrect TXT record \"google-site-verification=x\" (and 1 more) found at " + $n)}'
}

@test "D05: the value among others; among very many it is a warning" {
    dns <<<"$name TXT txt \"$digest2\" \"$digest\" \"other\""
    look PASS D05
    dns <<<"$name TXT txt \"$digest\" a b c d e f g h i j"
    look WARN D05
    dns <<<"$name TXT txt \"$digest\" \"$(printf '%0240d|%0240d|%0240d|%0240d|%0240d' 1 2 3 4 5)\""
    look WARN D05
}

@test "D06: the value in several strings of one record" {
    dns <<<"$name TXT txt \"${digest:0:10}|${digest:10}\""
    look PASS D06
}

@test "D07: the value in several records, in any order" {
    dns <<<"$name TXT txt \"${digest:20}\" other \"${digest:0:20}\""
    at_once FAIL D07
    says '.ca.detail == "Incorrect TXT record \"" + $part + "\" (and 2 more) found at " + $n' --arg part "${digest:20}"
    # not the whole of it: these are other values
    dns <<<"$name TXT txt \"${digest:20:10}\" \"${digest:0:20}\""
    look RETRY D04
}

@test "D08: quotation marks are part of the value" {
    dns <<<"$name TXT txt \"\\034$digest\\034\""
    at_once FAIL D08
    says '.ca.detail == "Incorrect TXT record \"\\\"" + $v + "\\\"\" found at " + $n or (.ca.detail | test($v))' --arg v "$digest"
}

@test "D09: blanks are part of the value" {
    local value
    for value in "$digest\\032" "\\009$digest" "$digest\\013\\010" "$digest\\000" "${digest:0:5} ${digest:5}"; do
        dns <<<"$name TXT txt \"$value\""
        at_once FAIL D09
    done
}

@test "D10: base64 instead of base64url" {
    dns <<<"$name TXT txt \"$digest=\""
    at_once FAIL D10
    dns <<<"$name TXT txt \"$(tr -- -_ +/ <<<"$digest")\""
    at_once FAIL D10
}

@test "D11: upper and lower case changed" {
    dns <<<"$name TXT txt \"${digest,,}\""
    at_once FAIL D11
}

@test "D12: the key authorization instead of its digest" {
    dns <<<"$name TXT txt \"$key_auth\""
    at_once FAIL D12
}

@test "D13: hexadecimal, raw octets, or encoded twice" {
    local hex octets value
    # the digest of the test vector, by another program
    hex=$(printf %s "$key_auth" | sha256sum | cut -d ' ' -f 1)
    octets=$(sed 's/../0x& /g' <<<"$hex" | xargs printf '\\%03d')
    for value in "$hex" "${hex^^}" "$octets" "$(printf %s "$digest" | base64 -w 0)" "$(printf %s "$digest" | base64 -w 0 | tr -d =)"; do
        dns <<<"$name TXT txt \"$value\""
        at_once FAIL D13
    done
    # that of another key is just another value
    dns <<<"$name TXT txt \"${hex/2/3}\""
    look RETRY D04
}

# mistaken CASE NAME: the value is there instead
mistaken() {
    dns <<EOF
$2 TXT txt "$digest"
* * nxdomain
EOF
    at_once FAIL "$1"
    says '(.reason | contains($other) and contains($n)) and .ca.detail == $ca' --arg other "$2" --arg ca "$nxdomain"
}

@test "D14: at a name with the domain twice" {
    mistaken D14 $name.example.test
}

@test "D15: at the domain itself; somebody else's value there means nothing" {
    mistaken D15 example.test
    dns <<EOF
example.test TXT txt "$digest2"
* * nodata
EOF
    look RETRY D03
    # nor does the same value, when it is where it should be
    dns <<<"* TXT txt \"$digest\""
    look PASS D01
}

@test "D16: at the name with the asterisk of a wildcard" {
    mistaken D16 '_acme-challenge.*.example.test'
}

@test "D17: one of two values only; the second has replaced the first" {
    local values="$digest $digest2"
    dns <<<"$name TXT txt \"$digest2\""
    look RETRY D17
    says '(.hint | test("add, not replace")) and .servers[0].verdict == "RETRY"'
    dns <<<"$name TXT txt \"$digest\""
    ask_for "\"$digest\", \"$digest2\""
    heard '.progress'
    rules one <<<"$name TXT txt \"$digest2\""
    heard '.verdict == "FAIL" and .case == "D17" and .ca.type == "unauthorized"'
    # both
    rules one <<<"$name TXT txt \"$digest2\" \"$digest\""
    look PASS D01
}

# ask_for VALUES [MS]: the verifier looks for a minute; heard FILTER: waits until it says that
ask_for() {
    rm -f v.in
    mkfifo v.in
    exec {answers}< <(exec "$builddir/acmehook-verify" <v.in 3>&-)
    exec {questions}>v.in
    echo "{\"id\": 1, \"type\": \"dns-01\", \"domain\": \"example.test\", \"values\": [$1], \"authorities\": [\"$one\"${two:+, \"$two\"}], \"timeout_ms\": ${2:-60000}, \"progress\": true}" >&"$questions"
}
heard() {
    local line
    while read -r line <&"$answers"; do
        ! jq -e "$1" <<<"$line" >/dev/null || return 0
        jq -e .progress <<<"$line" >/dev/null || { echo "$line"; return 1; }
    done
    return 1
}

@test "D18: through a CNAME" {
    dns <<EOF
$name TXT cname x.alias.test
x.alias.test TXT txt "$digest"
EOF
    look PASS D18
    says '.reason | test("x.alias.test")'
}

@test "D19: beside the CNAME instead of at its target" {
    dns <<EOF
$name TXT with txt $digest
$name TXT cname x.alias.test
* * nxdomain
EOF
    at_once FAIL D19
    says '(.reason | test("x.alias.test")) and .ca.detail == $ca' --arg ca "$nxdomain"
}

@test "D20: a wildcard makes it a CNAME" {
    dns <<EOF
x.alias.test * nodata
* TXT cname x.alias.test
EOF
    look RETRY D20
    says '(.reason | test("wildcard")) and (.hint | test("x.alias.test")) and .ca.detail == "No TXT record found at " + $n'
}

@test "D21: the values are those of a wildcard; the right one there is fine" {
    dns <<<"* TXT txt \"v=spf1 -all\""
    look RETRY D21
    says '(.reason | test("wildcard")) and .ca.detail == "Incorrect TXT record \"v=spf1 -all\" found at " + $n'
    dns <<<"* TXT txt \"$digest\""
    look PASS D01
}

@test "D22: the target of the CNAME does not exist" {
    dns <<EOF
$name TXT cname x.alias.test
* * nxdomain
EOF
    look RETRY D22
    says '(.hint | test("x.alias.test")) and .ca.detail == $ca' --arg ca "$nxdomain"
}

@test "D23: CNAMEs in a circle" {
    dns <<EOF
$name TXT cname x.alias.test
x.alias.test TXT cname $name
EOF
    run --separate-stderr "$acmehook" --format json --authority "$one" --verify-timeout 120 verify dns-01 example.test "$digest"
    status_is 3
    says '.case == "D23" and .ca.detail == $ca' --arg ca "$servfail"
}

@test "D23: a circle that only some of the servers lead to, by CNAMEs that differ" {
    dns <<EOF
$name TXT cname a.alias.test
a.alias.test TXT delay 100
a.alias.test TXT cname b.alias.test
b.alias.test TXT delay 100
b.alias.test TXT cname a.alias.test
v.alias.test TXT txt "$digest"
EOF
    server two < <(sed 's/^\(_acme.*\) a\.alias/\1 b.alias/' one.rules)
    server three < <(sed 's/^\(_acme.*\) a\.alias/\1 v.alias/' one.rules)
    look RETRY D28 --authority "$three"
    # without the third, nobody gets anywhere; but one of them may be late
    look RETRY D23
    says '.reason | test("[ab].alias.test")'
}

# chain N: of N CNAMEs, with the value at the end
chain() {
    local n
    {
        echo "$name TXT cname x1.alias.test"
        for n in $(seq 2 "$1"); do echo "x$((n - 1)).alias.test TXT cname x$n.alias.test"; done
        echo "x$1.alias.test TXT txt \"$digest\""
    } >chain
    dns <chain
}

@test "D24: 8 CNAMEs in a row are fine, 11 a warning, 12 too many" {
    chain 8
    look PASS D18
    chain 9
    look WARN D24
    chain 11
    look WARN D24
    chain 12
    at_once FAIL D24
    says '.ca.detail == $ca' --arg ca "$servfail"
}

@test "D24: a longer way to the same place, by another server" {
    chain 11
    server two < <(sed '1s/x1/x5/' chain)
    look WARN D24
    # the way of the second is one too many, whichever answers first
    detour() { echo "$name TXT cname x0.alias.test"; echo "x0.alias.test TXT cname x1.alias.test"; tail -n +2 chain; }
    rules two < <(echo "$name TXT delay 200"; detour)
    look RETRY D28
    rules two < <(detour)
    rules one < <(echo "$name TXT delay 200"; cat chain)
    look RETRY D28
}

@test "D25: the CNAME beside a DNAME leads elsewhere: a resolver goes by the DNAME" {
    dns <<EOF
$name TXT with cname elsewhere.test
$name TXT dname test target
elsewhere.test TXT txt "$digest"
* * nxdomain
EOF
    look RETRY D22
    says '.hint | test("_acme-challenge.example.target")'
}

@test "D27: several CNAMEs at one name" {
    dns <<EOF
$name TXT cname a.alias.test b.alias.test
b.alias.test TXT txt "$digest"
* * nxdomain
EOF
    look RETRY D27
    dns <<EOF
$name TXT cname b.alias.test b.alias.test
b.alias.test TXT txt "$digest"
EOF
    look PASS D18
}

@test "D49: truncated, and by TCP, too" {
    dns <<EOF
$name TXT truncated
$name TXT txt "$digest"
EOF
    look FAIL D49
}

@test "D25: a DNAME above, with the CNAME that follows from it or without" {
    dns <<EOF
$name TXT dname test target
_acme-challenge.example.target TXT txt "$digest"
EOF
    look PASS D25
    says '.reason | test("_acme-challenge.example.target")'
}

@test "D27: a CNAME and the value at the same name" {
    dns <<EOF
$name TXT with txt $digest
$name TXT cname x.alias.test
x.alias.test TXT txt "$digest"
EOF
    look WARN D27
    # one server has the one, the other the other
    server two <<<"$name TXT txt \"$digest\""
    rules one <<EOF
$name TXT cname x.alias.test
x.alias.test TXT txt "$digest2"
EOF
    look RETRY D27
}

@test "D28: one server does not have it yet: it is named, and its serial" {
    dns <<EOF
$name TXT txt "$digest"
test SOA soa test 4000000000
EOF
    server two <<<"* * nxdomain test 3999999999"
    look RETRY D28
    says '(.reason | test("1 of 2 servers have it; waiting for 127.0.0.1#[0-9]+ .its serial is 3999999999, that of the others 4000000000") and contains($two))
        and .ca.detail == $ca and ([.servers[].verdict] == ["PASS", "RETRY"])' --arg ca "$nxdomain"
    # the same serial, and not the same content
    rules two <<<"* * nxdomain test 4000000000"
    look RETRY D28
    says '.reason | test("no reason to fetch")'
}

@test "D28: what a server said last counts when it says nothing at the end" {
    dns <<<"$name TXT txt \"$digest\""
    server two <<<"* * nxdomain"
    ask_for "\"$digest\"" 1500
    heard '.progress and .attempts == 1'
    rules two <<<"* * silent"
    heard '.verdict == "RETRY" and .case == "D28"'
    # it had it, and may have lost it: nobody knows
    rules two <<<"$name TXT txt \"$digest\""
    rules one <<<"* * nxdomain"
    ask_for "\"$digest\"" 1500
    heard '.progress and .attempts == 1'
    rules two <<<"* * silent"
    rules one <<<"$name TXT txt \"$digest\""
    heard '.verdict == "UNKNOWN"'
}

@test "D29: the serial of one server never moves" {
    dns <<EOF
$name TXT txt "$digest"
test SOA soa test 1
EOF
    # serials go round: this one is before 1
    server two <<<"* * nxdomain test 4294967295"
    look RETRY D29 --verify-timeout 1
    says '(.reason | contains($two) and test("4294967295, that of the others 1")) and (.hint | test("transfer")) and .ca.detail == $ca' --arg ca "$nxdomain"
    # one that moves is late, but alive
    ask_for "\"$digest\""
    heard '.progress and (.reason | test("serial is 4294967295"))'
    rules two <<<"* * nxdomain test 0"
    heard '.progress and (.reason | test("serial is 0,"))'
    rules two <<<"$name TXT txt \"$digest\""
    heard '.verdict == "PASS" and .case == "D01"'
}

@test "D30: nobody listens at one server, the other has it" {
    dns <<<"$name TXT txt \"$digest\""
    two=127.0.0.1#1
    look WARN D30
    says '(.reason | contains($two) and test("refused")) and .ca == null'
}

@test "D31: all servers are silent: no verdict but RETRY, in time" {
    local began=$SECONDS
    dns <<<"* * silent"
    server two <<<"* * silent"
    look RETRY D31 --verify-timeout 1
    says '.ca.detail == "DNS problem: query timed out looking up TXT for " + $n and (.reason | contains($one) and contains($two))'
    [ $((SECONDS - began)) -lt 6 ]
}

@test "D32: one server is lame, the other has it" {
    local action
    dns <<<"$name TXT txt \"$digest\""
    server two <<<"* * refused"
    for action in refused servfail "ns other.test" garbage notimp; do
        rules two <<<"* * $action"
        [ "$action" != "ns other.test" ] || rules two <<<"* * notauth
* * txt \"$digest\""
        look WARN D32
        says '.reason | contains($two)'
    done
}

@test "D33: all servers are lame, or what they say is not theirs" {
    local action
    dns <<<"* * refused"
    for action in refused servfail; do
        rules one <<<"* * $action"
        look RETRY D33
        says '.ca.detail == $ca' --arg ca "$servfail"
    done
    rules one <<EOF
$name TXT notauth
$name TXT txt "$digest"
EOF
    look RETRY D33
}

@test "D42: a server denies it, with a signature" {
    dns <<EOF
$name TXT txt "$digest"
test SOA soa test 2
EOF
    server two <<EOF
* * nsec
* * nxdomain test 1
EOF
    look RETRY D42
    says '(.reason | contains($two)) and .ca.detail == $ca' --arg ca "$nxdomain"
}

@test "D43: truncated by UDP, complete by TCP" {
    dns <<EOF
$name TXT tc
$name TXT txt "$digest"
EOF
    look PASS D01
}

@test "D44: truncated by UDP, and no way by TCP" {
    dns <<EOF
$name TXT tc
$name TXT close
EOF
    at_once FAIL D44
    says '.ca.detail == $ca and (.reason | contains($one) and test("truncated"))' --arg ca "$servfail"
    # another server that has it is enough
    server two <<<"$name TXT txt \"$digest\""
    look WARN D32
    # silence may pass
    two=
    rules one <<EOF
$name TXT tc
$name TXT silent
EOF
    look RETRY D44
}

@test "D45: EDNS is refused, or dropped" {
    local action
    for action in formerr-edns badvers-edns drop-edns; do
        dns <<EOF
$name TXT $action
$name TXT txt "$digest"
EOF
        look WARN D45
    done
    # a CA for tests does not use it
    dns <<EOF
$name TXT formerr-edns
$name TXT txt "$digest"
EOF
    look PASS D01 --ca pebble
}

@test "D46: what is too long for a datagram that arrives comes by TCP" {
    dns <<EOF
$name TXT log queries
$name TXT fragments
$name TXT txt "$digest" "$(printf '%0240d|%0240d|%0240d|%0240d' 1 2 3 4)" x
$name TXT txt "$digest"
EOF
    look PASS D05
    [ "$(cut -d ' ' -f 1,2 queries | sort -u)" = "udp 1232" ]
    dns <<EOF
$name TXT log queries
$name TXT fragments
$name TXT txt "$digest" "$(printf '%0240d|%0240d|%0240d|%0240d|%0240d' 1 2 3 4 5)"
EOF
    look WARN D05
    grep -q '^tcp' queries
}

@test "D47: the case of letters is lost, or matters" {
    dns <<EOF
$name TXT small
$name TXT txt "$digest"
EOF
    look WARN D47
    dns <<EOF
* TXT exact
$name TXT txt "$digest"
EOF
    look WARN D47
    look PASS D01 --ca pebble
    # letters are mixed indeed: 19 of them, all of which are small once in half a million times
    dns <<EOF
* * log queries
$name TXT txt "$digest"
EOF
    look PASS D01
    grep -q '[A-Z]' queries
    # a denial is a denial
    dns <<<"* * nxdomain"
    look RETRY D02
}

@test "D48: answers with another id, or to another question, are not believed" {
    local fault
    for fault in wrong-id wrong-question; do
        dns <<EOF
$name TXT $fault 3
$name TXT txt "$digest"
EOF
        look PASS D01
        # so many are an attack, which TCP does not have
        dns <<EOF
$name TXT log queries
$name TXT $fault 20
$name TXT txt "$digest"
EOF
        look PASS D01
        grep -q '^tcp' queries
        rm queries
    done
    # nothing else comes
    dns <<EOF
$name TXT wrong-id 20
$name TXT close
$name TXT silent
EOF
    look RETRY D31
    says '.reason | test("belong to no question")'
}

@test "D49: answers that cannot be read, by TCP either" {
    local action
    for action in garbage "garbage loop"; do
        dns <<EOF
* * log queries
* * $action
EOF
        at_once FAIL D49
        says '.ca.detail == $ca' --arg ca "$servfail"
        grep -q '^tcp' queries
        rm queries
    done
}

@test "D50: queries for TXT are not understood" {
    local action
    for action in notimp formerr; do
        dns <<<"* * $action"
        at_once FAIL D50
        says '.ca.detail == $ca' --arg ca "$servfail"
    done
}

@test "D51: a server that limits its rate answers by TCP" {
    dns <<EOF
$name TXT log queries
$name TXT tc
$name TXT txt "$digest"
EOF
    look PASS D01
    # one of each: nobody insists
    [ "$(cut -d ' ' -f 1 queries | xargs)" = "udp tcp" ]
}

@test "D56: it appears late, and is waited for" {
    dns <<<"* * nxdomain"
    ask_for "\"$digest\""
    # it has looked, and told of it: only now the record appears
    heard '.progress and .attempts == 1'
    rules one <<<"$name TXT txt \"$digest\""
    heard '.verdict == "PASS" and .attempts > 1'
}

@test "D59: no search list, no aliases of hosts: names are what they are" {
    echo "$name other.test" >aliases
    dns <<EOF
$name TXT log queries
$name.evil.test TXT txt "$digest"
other.test TXT txt "$digest"
* * nxdomain
EOF
    export LOCALDOMAIN=evil.test RES_OPTIONS="ndots:15 edns0" HOSTALIASES=$PWD/aliases
    run --separate-stderr "$acmehook" --format json --authority "$one" --verify-timeout 0 verify dns-01 example.test. "$digest"
    [ "$status" -ne 0 ]
    rm -f queries
    look RETRY D02
    [ "$(awk '{ print tolower($4) }' queries | sort -u)" = "$name" ]
}

@test "D60: the value of another account or of an old order: RETRY, and a hint" {
    dns <<<"$name TXT txt \"$digest2\""
    look RETRY D04
    says '(.hint | test("earlier order") and test("another account")) and .ca.detail == "Incorrect TXT record \"" + $v + "\" found at " + $n' --arg v "$digest2"
}

@test "D61: a TTL of many hours" {
    dns <<EOF
$name TXT ttl 86400
$name TXT txt "$digest"
EOF
    look PASS D61
    says '.reason | test("86400 s")'
}

@test "one question at a time, however many ask" {
    dns <<EOF
$name TXT log queries
$name TXT delay 300
$name TXT txt "$digest"
EOF
    for id in 1 2 3 4 5 6 7 8; do
        echo "{\"id\": $id, \"type\": \"dns-01\", \"domain\": \"example.test\", \"values\": [\"$digest\"], \"authorities\": [\"$one\"]}"
    done >questions
    run "$builddir/acmehook-verify" <questions
    [ "$(grep -c '"verdict": "PASS"' <<<"$output")" -eq 8 ]
    [ "$(wc -l <queries)" -eq 1 ]
}

@test "a server is asked for no more than it answers, and all get their answer" {
    dns <<<"* TXT txt \"$digest\""
    for id in $(seq 600); do
        echo "{\"id\": $id, \"type\": \"dns-01\", \"domain\": \"x$id.example.test\", \"values\": [\"$digest\"], \"authorities\": [\"$one\"], \"timeout_ms\": 60000}"
    done >questions
    run "$builddir/acmehook-verify" <questions
    [ "$(grep -c '"verdict": "PASS"' <<<"$output")" -eq 600 ]
}

@test "what a server says only after the time is up is not waited for" {
    local began=$SECONDS
    dns <<EOF
* * delay 20000
* * nxdomain
EOF
    look RETRY D31 --verify-timeout 1
    [ $((SECONDS - began)) -lt 8 ]
}

# The rows that cannot be made here, and why.
excused() {
    cat <<EOF
D57 nodes behind one anycast address that differ: from one place only one of them can be seen
EOF
}

@test "each row of the catalogue, D01 to D64, has a test, or a reason why it has none" {
    seq -f 'D%02g' 64 >rows
    sed -n 's/^@test "\(D[0-9][0-9]\): .*/\1/p' "$srcdir"/tests/*.bats "$srcdir"/tests/e2e/*.bats | sort -u >tested
    excused | cut -d ' ' -f 1 | sort >excused
    echo "# rows covered: $(comm -12 rows tested | wc -l) of $(wc -l <rows)" >&3
    sort tested excused | diff -u rows -
    # what the verifier tells apart is in rows that are tested
    sed -n 's/^\.It \(D[0-9][0-9]\) Ta .*/\1/p' "$srcdir/man/acmehook-verify.8" | sort -u | comm -23 - tested >missing
    [ ! -s missing ] || { cat missing; return 1; }
}
