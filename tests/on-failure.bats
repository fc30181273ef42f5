# --on-failure: the result of what failed is given to a program, once a day for each cause.
load lib

# The handler of these tests fails, if not for good.test; the configuration is on stdin. The failure
# command appends its stdin to told.
broken() {
    handler hook <<'EOF'
#!/bin/sh
[ "$2" = good.test ] && exit
echo "no luck" >&2
exit 7
EOF
    handler tell <<'EOF'
#!/bin/sh
cd "${0%/*}" && cat >>told && echo >>runs
EOF
    config <<EOF
handler = "$PWD/hook"  verify = off  on-failure = "$PWD/tell"
$(cat)
EOF
}

call() { # WORD DOMAIN, as dehydrated
    case $1 in
        deploy_cert) set -- "$1" "$2" /k /c /f /ch 17 ;;
        *_challenge) set -- "$1" "$2" "$token" "$digest" ;;
    esac
    run --separate-stderr "$acmehook" --from dehydrated "$@"
}

told() { # what of it
    jq -c "$1" told 2>/dev/null | paste -sd ' '
}
runs() {
    cat runs 2>/dev/null | wc -l
}

@test "what failed is told on stdin, as --format json prints it; the status is the client's" {
    broken </dev/null
    call deploy_cert good.test
    status_is 0
    [ ! -e told ]
    call deploy_cert example.test
    status_is 1
    stderr_has "failed with exit status 7"
    [[ $stderr != *on-failure* ]]
    [ "$(told '[.cmd, .event, .domain, .ok, .handler.exit, .handler.stderr, .retry.attempts]')" = \
        '["result","deploy_cert","example.test",false,7,"no luck\n",1]' ]
    run --separate-stderr "$acmehook" --format json --from dehydrated deploy_cert example.test /k /c /f /ch 17
    diff <(jq -S 'del(.handler.ms, .retry.next)' told) <(jq -S 'del(.handler.ms, .retry.next)' <<<"$stderr")
}

@test "what is told is valid by the schema, whatever failed" {
    python3 -c 'import jsonschema' || skip "python3-jsonschema is not installed"
    broken <<<'verify-timeout = 0.1 authority = {"127.0.0.1#9"}'
    call deploy_challenge good.test
    call deploy_cert example.test
    "$acmehook" --verify require --from dehydrated deploy_challenge good.test "$token" "$digest" || :
    call deploy_challenge 'no such domain'
    "$acmehook" --from dehydrated deploy_challenge || :
    "$acmehook" -H /nowhere --from dehydrated clean_challenge a.test "$token" "$digest" || :
    [ "$(grep -c . told)" = 5 ]
    python3 - "$srcdir/schema/result.schema.json" told <<'EOF'
import json, sys, jsonschema
validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))
for line in open(sys.argv[2]):
    validator.validate(json.loads(line))
EOF
}

@test "once a day for each event, domain, type, kind of failure and case" {
    broken </dev/null
    call deploy_cert example.test
    call deploy_cert example.test
    [ "$(runs)" = 1 ]
    call deploy_cert other.test
    call deploy_challenge example.test
    [ "$(runs)" = 3 ]
    chmod -x hook
    call deploy_cert example.test
    call deploy_cert example.test
    [ "$(runs)" = 4 ]
    chmod +x hook
    # almost a day later, and a day later
    mv state/told t
    awk '{ $1 -= 86000; print }' t >state/told
    call deploy_cert example.test
    [ "$(runs)" = 4 ]
    awk '{ $1 -= 86401; print }' t >state/told
    call deploy_cert example.test
    [ "$(runs)" = 5 ]
    [ "$(wc -l <state/told)" = 1 ]
}

@test "rules have commands of their own; it gets nothing of the handler's variables" {
    broken <<EOF
env = { "SECRET=1" }
match ".example.org" { on-failure = "$PWD/other" }
EOF
    handler other <<'EOF'
#!/bin/sh
cat >"$0.in"
env >"$0.env"
EOF
    call deploy_cert www.example.org
    [ ! -e told ]
    jq -e '.domain == "www.example.org"' other.in
    run ! grep SECRET other.env
    call deploy_cert example.net
    [ "$(told .domain)" = '"example.net"' ]
}

@test "its own failure is one line" {
    broken </dev/null
    handler tell <<'EOF'
#!/bin/sh
printf 'no mail today\nreally\n' >&2
exit 9
EOF
    call deploy_cert a.test
    status_is 1
    [ "$(grep on-failure <<<"$stderr")" = "acmehook: on-failure: $PWD/tell failed with exit status 9: no mail today" ]
    chmod -x tell
    call deploy_cert b.test
    status_is 1
    [ "$(grep -c on-failure <<<"$stderr")" = 1 ]
    stderr_has "acmehook: on-failure: "
    chmod a+x,o+w tell
    call deploy_cert c.test
    [[ $(grep on-failure <<<"$stderr") == *"$PWD/tell"*"can be written to by"* ]]
    rm tell
    call deploy_cert d.test
    [[ $(grep on-failure <<<"$stderr") == *"$PWD/tell"* ]]
}

@test "it has a time limit" {
    broken <<<'on-failure-timeout = 0.5'
    handler tell <<'EOF'
#!/bin/sh
trap '' TERM
sleep 1000 &
sleep 1000
EOF
    begin=$SECONDS
    call deploy_cert a.test
    status_is 1
    [ $((SECONDS - begin)) -lt 20 ]
    [ "$(grep on-failure <<<"$stderr")" = "acmehook: on-failure: $PWD/tell did not end in time (--on-failure-timeout) and was stopped" ]
}

@test "of a call for many names only what is a failure of its own is told, all at once" {
    broken </dev/null
    two() {
        run --separate-stderr "$acmehook" "$@" --from dehydrated deploy_challenge a.test "$token" "$digest" b.test "$token" "$digest2"
        status_is 1
    }
    # a handler that is called once for each: the second is not called
    two
    [ "$(runs)" = 1 ]
    [ "$(told .domain)" = '"a.test"' ]
    rm told runs state/told
    two --chain
    [ "$(runs)" = 1 ]
    [ "$(told .domain)" = '"a.test" "b.test"' ]
}

@test "results that do not fit into a pipe" {
    broken </dev/null
    handler hook <<'EOF'
#!/bin/sh
head -c 100000 /dev/zero | tr '\0' x
head -c 100000 /dev/zero | tr '\0' y >&2
exit 1
EOF
    call deploy_cert example.test
    [ "$(wc -c <told)" -gt 100000 ]
    jq -e '.handler.truncated and (.handler.stderr | test("^y{40000}"))' told
}

@test "of many processes one tells it" {
    broken </dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
        "$acmehook" --from dehydrated deploy_cert example.test /k /c /f /ch 17 2>>errors &
    done
    wait
    [ "$(runs)" = 1 ]
}

@test "run: one at a time, the results do not wait for it, and too many are dropped and counted" {
    broken <<<'on-failure-timeout = 60'
    mkfifo go
    handler tell <<'EOF'
#!/bin/sh
cd "${0%/*}"
mkdir one || touch two-at-once
cat >>told
read -r _ <go
rmdir one
echo >>runs
EOF
    for i in $(seq 300); do
        echo '{"cmd": "deploy_cert", "domain": "n'"$i"'.test", "cert_path": "/c", "key_path": "/k", "chain_path": "/ch", "fullchain_path": "/f"}'
    done >events
    "$acmehook" -j 8 run events >results 2>errors &
    pid=$!
    end=$((SECONDS + 60))
    until [ "$(wc -l <results)" = 300 ]; do
        [ $SECONDS -lt $end ]
        sleep 0.05
    done
    [ "$(runs)" = 0 ]
    exec 4<>go
    for i in $(seq 300); do echo; done >&4
    status=0
    wait $pid || status=$?
    [ $status -eq 1 ]
    [ ! -e two-at-once ]
    [ "$(runs)" = 65 ] # one ran, 64 waited
    [ "$(wc -l <told)" = 65 ]
    file_is errors <<<"acmehook: on-failure: 235 failures were not told: 64 runs of the command waited already, or it was to end"
    # those were not remembered as told
    rm go
    printf '#!/bin/sh\nexit\n' >tell
    [ "$(wc -l <state/told)" = 65 ]
}

@test "what is remembered is bounded, and garbage in it is none" {
    broken </dev/null
    now=$(date +%s)
    mkdir -m 700 state
    for i in $(seq 5000); do printf '%d %043d\n' $((now - 10)) "$i"; done >state/told
    call deploy_cert a.test
    [ "$(runs)" = 1 ]
    [ "$(wc -l <state/told)" -le 4096 ]
    call deploy_cert a.test
    [ "$(runs)" = 1 ]
    printf 'x\n\n99999999999999999999 y\n%d short\n%d' "$now" "$now" >>state/told
    call deploy_cert a.test
    [ "$(runs)" = 1 ]
    head -c 100000 /dev/zero >state/told
    call deploy_cert a.test
    [ "$(runs)" = 2 ]
    [ "$(wc -c <state/told)" -lt 100 ]
}

@test "without a journal it is told, but once only by a process" {
    broken </dev/null
    export ACMEHOOK_STATE=/dev/null/journal
    call deploy_cert a.test
    [ "$(runs)" = 1 ]
    for i in 1 2 3 4; do
        echo '{"cmd": "deploy_cert", "domain": "n'"$i"'.test", "cert_path": "/c", "key_path": "/k", "chain_path": "/ch", "fullchain_path": "/f"}'
    done >events
    "$acmehook" run events >results || :
    [ "$(runs)" = 2 ]
}

@test "a stop is no failure to be told of" {
    broken </dev/null
    printf '#!/bin/sh\ntouch begun\nsleep 1000\n' >hook
    "$acmehook" --from dehydrated deploy_cert example.test /k /c /f /ch 17 2>errors &
    until [ -e begun ]; do sleep 0.02; done
    kill $!
    status=0
    wait $! || status=$?
    [ $status -eq 75 ]
    [ ! -e told ]
    # but the certificate is not installed, and will be tried again
    grep -q 'was stopped, as we were' state/*.retry
}

@test "the example sends a mail" {
    broken </dev/null
    mkdir bin
    printf '#!/bin/sh\ncat >%s/mail\n' "$PWD" >bin/sendmail
    chmod +x bin/sendmail
    PATH=$PWD/bin:$PATH run --separate-stderr "$acmehook" --on-failure "$srcdir/examples/mail-failure.sh" \
        --from dehydrated deploy_cert example.test /k /c /f /ch 17
    [[ $stderr != *on-failure* ]]
    grep -qx 'To: root' mail
    grep -qx "deploy_cert example.test: handler $PWD/hook failed with exit status 7" mail
    grep -qx '    no luck' mail
    tail -n 1 mail | jq -e .handler.exit
}
