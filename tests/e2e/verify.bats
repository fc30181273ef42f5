#!/usr/bin/env bats
# What acmehook says about real name servers, in good and in bad order.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    need
    cd "$BATS_TEST_TMPDIR"
    configuration <<END
handler = "$hooks/nsupdate"
env = { "NSUPDATE_KEY=$LAB/acme.key" }
match "http-01" { handler = "$hooks/webroot"  env = { "WEBROOT=$LAB/www" } }
END
}

# Of what a CA sends: the digest for dns-01, the key authorization for http-01.
value=LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo
token=LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0
key_authorization=$token.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI

# Every test has a name of its own: a secondary may still have what the primary has lost.

# event STATUS [OPTION...] NAME: deploy_challenge with NAME for dns-01, as dehydrated would call it
event() {
    local status=$1 name=${*: -1}
    set -- "${@:2:$#-2}"
    began=$EPOCHREALTIME
    run "-$status" --separate-stderr acmehook "$@" --from dehydrated deploy_challenge "$name" "$token" "$value"
    took=$(elapsed)
}

# Milliseconds since $began.
elapsed() {
    echo $(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
}

clean() {
    acmehook --from dehydrated clean_challenge "$1" "$token" "$value"
}

@test "a record that every server has passes in silence, and is cleaned" {
    event 0 example.test
    [ "$output$stderr" = "" ]
    [ "$(txt 127.0.0.1 _acme-challenge.example.test)" = "$value" ]
    [ "$(txt 127.0.0.2 _acme-challenge.example.test)" = "$value" ]
    clean example.test
    [ -z "$(records example.test)" ]
}

@test "D28: a secondary that lags 5 s is waited for" {
    in_lab "$lab" secondary hold
    (sleep 5 && in_lab "$lab" secondary follow) 3>&- &
    event 0 --verify-timeout 60 lags.example.test
    [ "$took" -ge 4900 ]
    [ "$took" -lt 30000 ]
    [ "$(txt 127.0.0.2 _acme-challenge.lags.example.test)" = "$value" ]
    wait $!
    clean lags.example.test
}

@test "D29: a secondary that never follows: exit 4 in time, it is named, nothing is left" {
    in_lab "$lab" secondary hold
    event 4 --verify-timeout 3 never.example.test
    in_lab "$lab" secondary follow
    [ "$took" -ge 2700 ]
    [ "$took" -lt 6000 ]
    [ -z "$output" ]
    [[ $stderr == *"dns-01 never.example.test: "* ]]
    [[ $stderr == *"1 of 2 servers"*"RETRY D29"* ]]
    [[ $stderr =~ PASS\ +ns1\.example\.test\ \(127\.0\.0\.1\) ]]
    [[ $stderr =~ RETRY\ +ns2\.example\.test\ \(127\.0\.0\.2\) ]]
    [ -z "$(records example.test)" ]
}

@test "--verify warn goes on, with the warning, and leaves the record" {
    in_lab "$lab" secondary hold
    event 0 --verify warn --verify-timeout 1 warn.example.test
    in_lab "$lab" secondary follow
    [[ $stderr == *127.0.0.2* ]]
    clean warn.example.test
    [ -z "$(records example.test)" ]
}

@test "D30: a server that does not answer, beside one that does, is a warning" {
    in_lab "$lab" secondary stop
    event 0 --verify strict --verify-timeout 60 silent.example.test
    in_lab "$lab" secondary start
    [ "$(txt 127.0.0.1 _acme-challenge.silent.example.test)" = "$value" ]
    clean silent.example.test
}

@test "D31: no server answers: exit 4, after the time for one more look" {
    in_lab "$lab" secondary stop
    began=$EPOCHREALTIME
    run -4 --separate-stderr acmehook --verify-timeout 2 --authority 127.0.0.2 verify dns-01 silent.example.test "$value"
    took=$(elapsed)
    in_lab "$lab" secondary start
    [ "$took" -lt 20000 ]
    [[ $output == *127.0.0.2*"timed out"* ]]
}

@test "D32: a lame server beside a good one is a warning" {
    update "add _acme-challenge.lame.test. 30 TXT $value"
    run -0 --separate-stderr acmehook --verify-timeout 20 verify dns-01 lame.test "$value"
    [[ $output == WARN* ]]
    [[ $output == *127.0.0.2*REFUSED* ]]
    update "delete _acme-challenge.lame.test. TXT"
}

@test "D33: no server serves the zone: exit 4, and the CA's words" {
    run -4 --separate-stderr acmehook --verify-timeout 1 --authority 127.0.0.2 verify dns-01 dead.test "$value"
    [[ $output == *127.0.0.2*REFUSED* ]]
    [[ $output == *"The CA would say: "*SERVFAIL* ]]
}

@test "a delegation to a server that does not serve the zone: exit 4, not \"unknown\"" {
    run -4 --separate-stderr acmehook --verify-timeout 1 verify dns-01 dead.test "$value"
    [[ $output == *"The CA would say: "*SERVFAIL* ]]
}

@test "D14: the record at a name with the zone twice: exit 3 at once, and where it is" {
    update "add _acme-challenge.www.example.test.example.test. 30 TXT $value"
    run -3 --separate-stderr acmehook --verify-timeout 60 verify dns-01 www.example.test "$value"
    [[ $output == *"D14"*"_acme-challenge.www.example.test.example.test"* ]]
    update "delete _acme-challenge.www.example.test.example.test. TXT"
}

@test "D18: a challenge that is an alias of a name in another zone" {
    update "add alias.other.test. 30 TXT $value"
    run -0 --separate-stderr acmehook --verify-timeout 20 verify dns-01 alias.example.test "$value"
    [[ $output == *PASS* ]]
    update "delete alias.other.test. TXT"
}

@test "a name in a delegated zone" {
    event 0 --verify strict www.sub.example.test
    [ -z "$(records example.test)" ]
    [[ $(records sub.example.test) == _acme-challenge.www.sub.example.test.* ]]
    clean www.sub.example.test
    [ -z "$(records sub.example.test)" ]
}

@test "D43: an answer that is too long for UDP" {
    mapfile -t lines < <(seq -f "add _acme-challenge.long.example.test. 30 TXT other%g-LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI" 80)
    update "${lines[@]}"
    event 0 --verify strict --verify-timeout 60 long.example.test
    update "delete _acme-challenge.long.example.test. TXT"
}

@test "a name server that has an IPv6 address only" {
    in_lab dig +short +time=1 +tries=1 @::1 six.test SOA | grep -q '^ns1' || skip "no IPv6 here"
    update "add _acme-challenge.six.test. 30 TXT $value"
    run -0 --separate-stderr acmehook --verify-timeout 20 verify dns-01 six.test "$value"
    [[ $output == *::1* ]]
    update "delete _acme-challenge.six.test. TXT"
}

@test "http-01 through hooks/webroot" {
    need nginx
    run -0 --separate-stderr acmehook --from dehydrated deploy_challenge www.example.test "$token" "$key_authorization"
    [ "$output$stderr" = "" ]
    [ "$(cat "$LAB/www/.well-known/acme-challenge/$token")" = "$key_authorization" ]
    acmehook --from dehydrated clean_challenge www.example.test "$token" "$key_authorization"
    [ ! -e "$LAB/www/.well-known/acme-challenge/$token" ]
}

@test "acmehook verify looks, and exits 0, 3 or 4" {
    # Quotes that are part of the value: waiting does not cure that.
    update "add _acme-challenge.look.example.test. 30 TXT $value" \
        'add _acme-challenge.quoted.example.test. 30 TXT "\"'$value'\""'
    run -0 --separate-stderr acmehook --verify-timeout 20 verify dns-01 look.example.test "$value"
    [[ $output == *PASS* ]]
    run -3 --separate-stderr acmehook --verify-timeout 20 verify dns-01 quoted.example.test "$value"
    [[ $output == *FAIL* ]]
    run -4 --separate-stderr acmehook --verify-timeout 1 verify dns-01 nothing.example.test "$value"
    [[ $output == *RETRY* ]]
    update "delete _acme-challenge.look.example.test. TXT" "delete _acme-challenge.quoted.example.test. TXT"
}

@test "a handler that fails: exit 1, and what it said" {
    executable handler <<'END'
#!/bin/sh
echo "this on stdout"
echo "that on stderr" >&2
exit 7
END
    event 1 --handler "$PWD/handler" fails.example.test
    [ -z "$output" ]
    [[ $stderr == *"handler $PWD/handler failed with exit status 7"* ]]
    [[ $stderr == *"Handler output (deploy_challenge):"* ]]
    [[ $stderr == *"this on stdout"* ]]
    [[ $stderr == *"that on stderr"* ]]
}

@test "a handler that hangs: exit 5, in time" {
    executable handler <<'END'
#!/bin/sh
trap '' TERM
sleep 600 &
echo $! >"$(dirname "$0")/child"
wait
END
    event 5 --handler "$PWD/handler" --timeout 1 --kill-after 1 hangs.example.test
    # Deploy and clean, each with time and grace of 1 s.
    [ "$took" -ge 3900 ]
    [ "$took" -lt 10000 ]
    [[ $stderr == *"$PWD/handler"* ]]
    # Its children are dead, too.
    run -1 in_lab test -d "/proc/$(cat child)"
}

@test "a handler without the x bit: exit 2, and the remedy" {
    executable handler <<<'#!/bin/sh'
    chmod 644 handler
    event 2 --handler "$PWD/handler" plain.example.test
    [[ $stderr == *"chmod +x"* ]]
}
