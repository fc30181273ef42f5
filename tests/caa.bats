# CAA: which CAs may issue, and the question before the handler is called.
load lib
load fakedns

name=_acme-challenge.example.test

# caa VERDICT CASE [OPTION...] NAME [TYPE]: what verify says, as ca.example; times are short
caa() {
    local verdict=$1 case=$2 options=() want
    shift 2
    while [[ $1 == -* ]]; do options+=("$1" "$2"); shift 2; done
    run --separate-stderr "$acmehook" --format json --authority "$authority" --verify-timeout 0 --caa-identity ca.example "${options[@]}" verify caa "$@"
    want=$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")
    [ "$want" = "$verdict $case" ] || { echo "$*: $output"; echo "$stderr"; return 1; }
    case $verdict in PASS | WARN) status_is 0 ;; FAIL) status_is 3 ;; RETRY) status_is 4 ;; UNKNOWN) status_is 6 ;; esac
    if [ "$verdict" = FAIL ]; then jq -e '.ca.type == "caa" and (.hint | length > 10)' <<<"$output"; fi
}

@test "C01 no CAA records at the name or above it" {
    dns <<<"* * nodata"
    caa PASS C01 www.example.test
    jq -e '.ca == null and [.servers[].asked] == ["www.example.test", "example.test", "test"]' <<<"$output"
    # a name that does not exist has none; a top-level domain must exist
    dns <<'END'
test * nodata
* * nxdomain
END
    caa PASS C01 www.example.test
    dns <<<"* * nxdomain"
    caa RETRY C07 www.example.test
}

@test "C01 the first name that has any decides" {
    dns <<'END'
www.example.test CAA caa "0 issue ca.example"
example.test CAA caa "0 issue other.example"
* * nodata
END
    caa PASS C01 www.example.test
    jq -e '[.servers[].asked] == ["www.example.test"]' <<<"$output"
    caa FAIL C02 mail.example.test
    jq -e '.name == "example.test"' <<<"$output"
}

@test "C01 records that allow the CA among others, and such that are about something else" {
    dns <<'END'
a.test CAA caa "0 issue other.example" "0 issue ca.example" "0 iodef mailto:a@a.test"
b.test CAA caa "0 iodef mailto:a@a.test" "0 issuemail ;" "0 future whatever"
c.test CAA caa "0 ISSUE ca.example"
d.test CAA caa "0 issue  	ca.example	 ; "
e.test CAA caa "0 issuewild ;"
f.test CAA caa "128 issue ca.example"
* * nodata
END
    # the last one: an issuewild record alone says nothing of other names
    for domain in a b c d e f; do caa PASS C01 "$domain.test"; done
}

@test "C02 another CA, or none" {
    dns <<'END'
a.test CAA caa "0 issue other.example"
b.test CAA caa "0 issue ;"
c.test CAA caa "0 issue sub.ca.example" "0 issuewild ca.example"
d.test CAA caa "0 issue "
* * nodata
END
    for domain in a b c d; do caa FAIL C02 "$domain.test"; done
    caa FAIL C02 a.test
    jq -e '.ca.detail == "While processing CAA for a.test: CAA record for a.test prevents issuance"
        and (.reason | contains("other.example") and contains("ca.example"))' <<<"$output"
    # one of several names of the CA is enough
    caa PASS C01 --caa-identity other.example a.test
}

@test "C03 wildcards: issuewild decides, without it issue does" {
    dns <<'END'
a.test CAA caa "0 issue ca.example" "0 issuewild ;"
b.test CAA caa "0 issue other.example" "0 issuewild ca.example"
c.test CAA caa "0 issue ca.example"
d.test CAA caa "0 issue other.example"
* * nodata
END
    caa FAIL C03 '*.a.test'
    jq -e '.domain == "*.a.test" and .ca.detail == "While processing CAA for *.a.test: CAA record for a.test prevents issuance"' <<<"$output"
    caa PASS C01 a.test
    caa PASS C01 '*.b.test'
    caa FAIL C02 b.test
    caa PASS C01 '*.c.test'
    caa FAIL C02 '*.d.test'
}

@test "C04 validationmethods" {
    dns <<'END'
a.test CAA caa "0 issue ca.example; validationmethods=http-01"
b.test CAA caa "0 issue ca.example; validationmethods=http-01,dns-01"
* * nodata
END
    caa FAIL C04 a.test dns-01
    jq -e '.reason | contains("not after dns-01")' <<<"$output"
    caa PASS C01 a.test http-01
    caa PASS C01 a.test
    caa PASS C01 b.test dns-01
}

@test "C05 accounturi: equal in every character; UNKNOWN if ours is not known" {
    dns <<'END'
a.test CAA caa "0 issue ca.example; accounturi=https://ca.example/acct/1"
b.test CAA caa "0 issue ca.example; accounturi=https://ca.example/acct/1" "0 issue ca.example"
* * nodata
END
    caa PASS C01 --account https://ca.example/acct/1 a.test
    caa FAIL C05 --account https://ca.example/acct/2 a.test
    caa FAIL C05 --account https://CA.example/acct/1 a.test
    caa UNKNOWN C05 a.test
    jq -e '.hint | contains("--account")' <<<"$output"
    caa PASS C01 b.test
}

@test "C06 records that mean the CA, and that it cannot read" {
    local rules=(
        '0 issue CA.example' '0 issue ca.example.' '0 issue ca.example; validationmethods=dns-01;'
        '0 issue ca.example; validationmethods=dns-01, http-01' '0 issue ca.example; something'
        '0 issue ca.example; a-b=c' '0 issue ca.example; accounturi=x; accounturi=x' '0 issue ca.example;;'
    )
    local i
    for i in "${!rules[@]}"; do echo "n$i.test CAA caa \"${rules[i]}\""; done >rules.new
    echo 'good.test CAA caa "0 issue ca.example;"' >>rules.new
    echo 'also.test CAA caa "0 issue ca.example; unknown=x; validationmethods=dns-01"' >>rules.new
    echo '* * nodata' >>rules.new
    dns <rules.new
    for i in "${!rules[@]}"; do caa FAIL C06 "n$i.test" http-01; done
    caa PASS C01 good.test dns-01
    caa PASS C01 also.test dns-01
}

@test "C07 no server says whether there are any" {
    dns <<'END'
a.test CAA servfail
b.test CAA notimp
c.test CAA refused
d.test CAA garbage
a.fine.test CAA caa "0 issue ca.example"
www.e.test CAA nodata
e.test CAA servfail
fine.test CAA servfail
* * nodata
END
    # what is above a set does not matter, what is below it does
    caa PASS C01 a.fine.test
    for domain in a b c d www.e; do
        caa RETRY C07 "$domain.test"
        jq -e '.ca.type == "dns" and (.ca.detail | test("looking up CAA for"))' <<<"$output"
    done
}

@test "C08 critical, and not known" {
    dns <<'END'
a.test CAA caa "128 future x" "0 issue ca.example"
b.test CAA caa "1 future x" "0 issue ca.example"
c.test CAA caa "128 iodef mailto:a@c.test" "0 issue ca.example"
* * nodata
END
    caa FAIL C08 a.test
    caa FAIL C08 b.test
    caa PASS C01 c.test
}

@test "C09 the target of a CNAME decides; what is above the target does not" {
    dns <<'END'
www.a.test CAA cname www.b.test
www.b.test CAA caa "0 issue other.example"
www.c.test CAA cname www.d.test
d.test CAA caa "0 issue other.example"
c.test CAA caa "0 issue ca.example"
e.test CAA cname f.test
f.test CAA cname e.test
* * nodata
END
    caa FAIL C09 www.a.test
    jq -e '(.reason | contains("www.b.test")) and .ca.detail == "While processing CAA for www.a.test: CAA record for www.a.test prevents issuance"' <<<"$output"
    caa PASS C01 www.c.test
    caa RETRY C07 e.test
}

@test "all servers are asked, and the worst that one says counts" {
    dns <<<'* CAA caa "0 issue ca.example"'
    local first=$authority
    server other <<<'* CAA caa "0 issue other.example"'
    # shellcheck disable=SC2154 # set by server
    caa FAIL C02 --authority "$other" example.test
    # one that cannot tell does not matter beside one that can
    rules other <<<'* CAA servfail'
    caa PASS C01 --authority "$other" example.test
    caa PASS C01 --authority 127.0.0.1#1 example.test
    [ "$authority" = "$first" ]
}

@test "no resolver answers: UNKNOWN" {
    run --separate-stderr "$acmehook" --format json --resolver 127.0.0.1#1 --ca letsencrypt --verify-timeout 0 verify caa example.test
    status_is 6
    jq -e '.verdict == "UNKNOWN" and .case == null and .ca == null' <<<"$output"
}

@test "what cannot be asked is refused with a sentence" {
    for words in "caa a..test" "caa 192.0.2.1" "caa example.test dns-02" "caa example.test dns-01 http-01" "dns-01 example.test"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" --ca letsencrypt verify $words
        status_is 2
        stdout_is ""
        [[ $stderr == "acmehook: verify: "* ]]
    done
    run --separate-stderr "$acmehook" verify caa example.test
    status_is 2
    stderr_has "--caa-identity"
}

# begin STATUS [OPTION...]: deploy_challenge for example.test, as ca.example, with the handler "hook"
begin() {
    local status=$1
    shift
    run --separate-stderr "$acmehook" --handler "$PWD/hook" --authority "$authority" --verify-timeout 0.3 --caa-identity ca.example "$@" \
        --from dehydrated deploy_challenge example.test "$token" "$digest"
    status_is "$status"
}

@test "what CAA forbids is not begun: the handler is not called" {
    recorder hook
    dns <<END
example.test CAA caa "0 issue other.example"
$name TXT txt "$digest"
* * nodata
END
    begin 3
    stdout_is ""
    stderr_has "deploy_challenge example.test: the handler was not called"
    stderr_has "dns-01 example.test: the CAA records of example.test do not allow ca.example to issue: 0 issue \"other.example\" (FAIL C02"
    stderr_has "The CA would say: While processing CAA for example.test: CAA record for example.test prevents issuance"
    [ ! -e hook.calls ]
    run -0 "$acmehook" pending
    stdout_is ""
    run --separate-stderr "$acmehook" --format json --handler "$PWD/hook" --authority "$authority" --caa-identity ca.example \
        --from dehydrated deploy_challenge example.test "$token" "$digest"
    jq -e '.ok == false and .handler == null and .verify.case == "C02" and .caa.case == "C02" and (.error | startswith("dns-01 example.test: not begun: "))' <<<"$stderr"
    [ ! -e hook.calls ]
}

@test "CAA is asked with the type of the challenge and the account" {
    recorder hook
    dns <<END
example.test CAA caa "0 issue ca.example; validationmethods=http-01"
$name TXT txt "$digest"
* * nodata
END
    begin 3
    stderr_has "FAIL C04"
    rules authority <<END
example.test CAA caa "0 issue ca.example; accounturi=https://ca.example/acct/1; validationmethods=dns-01"
$name TXT txt "$digest"
* * nodata
END
    begin 3 --account https://ca.example/acct/2
    [ ! -e hook.calls ]
    begin 0 --account https://ca.example/acct/1
    [ "$(cat hook.calls)" = "deploy_challenge example.test $token $digest" ]
    stderr_is ""
}

@test "CAA that allows is not spoken of; --verify decides what else stops" {
    recorder hook
    dns <<END
example.test CAA caa "0 issue ca.example; accounturi=https://ca.example/acct/1"
$name TXT txt "$digest"
* * nodata
END
    # not known: a warning, and the end with strict
    begin 0
    stderr_has "WARNING: it could not be verified from here"
    stderr_has "UNKNOWN C05"
    [ "$(wc -l <hook.calls)" = 1 ]
    begin 6 --verify strict
    [ "$(wc -l <hook.calls)" = 1 ]
    rules authority <<END
example.test CAA caa "0 issue other.example"
$name TXT txt "$digest"
* * nodata
END
    begin 0 --verify warn
    stderr_has "FAIL C02"
    [ "$(wc -l <hook.calls)" = 2 ]
    begin 0 --verify off
    stderr_is ""
    # a CA that is not known, or does not look at CAA
    run --separate-stderr "$acmehook" --handler "$PWD/hook" --authority "$authority" --ca pebble --from dehydrated deploy_challenge example.test "$token" "$digest"
    status_is 0
    stderr_is ""
    [ "$(wc -l <hook.calls)" = 4 ]
    # cleaning and certificates are nobody's permission
    run --separate-stderr "$acmehook" --handler "$PWD/hook" --authority "$authority" --ca letsencrypt --from dehydrated clean_challenge example.test "$token" "$digest"
    status_is 0
    [ "$(wc -l <hook.calls)" = 5 ]
}

@test "name servers that fail for CAA: exit 4, in time, and the handler is not called" {
    recorder hook
    dns <<<"* CAA servfail
* * nodata"
    begin 4
    stderr_has "RETRY C07"
    [ ! -e hook.calls ]
}

@test "one of several names is forbidden: none is begun" {
    recorder hook
    dns <<END
example.test CAA caa "0 issue other.example"
* * nodata
END
    run --separate-stderr "$acmehook" --handler "$PWD/hook" --authority "$authority" --verify-timeout 0.3 --caa-identity ca.example \
        --from dehydrated deploy_challenge fine.test "$token" "$digest" example.test "${token%U0}U1" "$digest2"
    status_is 3
    [ ! -e hook.calls ]
}

@test "an event that tells the wildcard is asked for as one" {
    recorder hook
    dns <<END
example.test CAA caa "0 issue ca.example" "0 issuewild ;"
$name TXT txt "$digest"
* * nodata
END
    echo '{"id": 1, "cmd": "perform_challenge", "type": "dns-01", "domain": "*.example.test", "validation": "'"$digest"'", "token": "'"$token"'"}' >events
    run --separate-stderr "$acmehook" --handler "$PWD/hook" --authority "$authority" --verify-timeout 0.3 --caa-identity ca.example run events
    jq -e '.ok == false and .caa.case == "C03"' <<<"$output"
    [ ! -e hook.calls ]
    sed -i 's/\*\.//' events
    run --separate-stderr "$acmehook" --handler "$PWD/hook" --authority "$authority" --verify-timeout 0.3 --caa-identity ca.example run events
    jq -e '.ok and .caa.case == "C01"' <<<"$output"
}

@test "SIGTERM while CAA is asked: the handler is not called" {
    recorder hook
    dns <<<"* * silent"
    "$acmehook" --handler "$PWD/hook" --authority "$authority" --verify-timeout 60 --caa-identity ca.example \
        --from dehydrated deploy_challenge example.test "$token" "$digest" 2>err 3>&- &
    # the verifier has been started: it is asked
    until [ -n "$(cat "/proc/$!/task/$!/children" 2>/dev/null)" ]; do sleep 0.05; done
    kill -TERM $!
    wait $! || status=$?
    [ "$status" = 75 ]
    [[ $(cat err) == *"stopped before the handler was called"* ]]
    [ ! -e hook.calls ]
}
