# The journal: what is deployed is recorded before the handler runs, and forgotten after it was
# cleaned, whoever is killed in between; acmehook pending.
load lib

# A handler whose zone is a directory: a file for each value; stdin goes into the configuration.
# What is in slow.sh it does first.
zone_hook() {
    mkdir -p zone
    handler hook <<'EOF'
#!/bin/bash
cd "${0%/*}" || exit
echo "$*" >>calls
[ -e slow.sh ] && . ./slow.sh
case $1 in
deploy_challenge) touch -- "zone/$2 $4" ;;
clean_challenge) rm -f -- "zone/$2 $4" ;;
esac
EOF
    config <<EOF
handler = "$PWD/hook"  verify = off
$(cat)
EOF
}

hook_calls() { # as the client dehydrated: WORD DOMAIN [DIGEST]
    run --separate-stderr "${program:-$acmehook}" --from dehydrated "$1" "$2" "$token" "${3:-$digest}"
}

pending() {
    run --separate-stderr "$acmehook" "$@" pending
}
clean() {
    run --separate-stderr "$acmehook" pending --clean "$@"
}

entries() {
    find state -name '*.json' | wc -l
}

# The test of all tests: nothing in the zone, nothing in the journal.
nothing_left() {
    [ -z "$(ls zone)" ] && [ "$(entries)" -eq 0 ] && return
    echo "left in the zone: $(ls zone)"
    cat state/*/*.json
    return 1
}

within() { # SECONDS COMMAND...
    local end=$((SECONDS + $1))
    until "${@:2}"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}

@test "an entry is there before the handler is called, and gone after the clean" {
    zone_hook </dev/null
    echo 'cat state/*/*.json >>seen' >slow.sh
    hook_calls deploy_challenge example.test
    status_is 0
    jq -e --arg d "$digest" --arg h "$PWD/hook" '.version == 2 and .state == "deploying" and
        .from == "dehydrated" and .to == "dehydrated" and .handler == $h and
        .event.cmd == "perform_challenge" and .event.validation == $d' seen
    [ "$(stat -c %a state)" = 700 ]
    [ "$(stat -c %a state/*/*.json)" = 600 ]
    jq -e '.state == "deployed"' state/*/*.json
    hook_calls clean_challenge example.test
    status_is 0
    nothing_left
}

@test "pending lists what is deployed: age, state, type, name, handler" {
    zone_hook </dev/null
    pending
    status_is 0
    stdout_is ""
    hook_calls deploy_challenge b.test
    hook_calls deploy_challenge a.test
    pending
    status_is 0
    [[ $output =~ ^\ +[0-9]+s\ \ deployed\ +dns-01\ [ab].test\ \ "$PWD/hook" ]]
    [ "$(wc -l <<<"$output")" -eq 2 ]
    pending --format json
    jq -es --arg d "$digest" 'length == 2 and all(.cmd == "pending" and .type == "dns-01" and
        .validation == $d and .state == "deployed" and .dialect == "dehydrated" and .age >= 0 and
        .verdict == null)' <<<"$output"
    run --separate-stderr "$acmehook" pending a.test
    [[ $output == *" a.test "* && $output != *b.test* ]]
    run --separate-stderr "$acmehook" pending --older-than 1h
    stdout_is ""
}

@test "pending shows the verdict" {
    zone_hook </dev/null
    handler verifier <<'EOF'
#!/bin/sh
while read -r q; do
    id=$(echo "$q" | sed 's/.*"id": *\([0-9]*\).*/\1/')
    echo "{\"id\": $id, \"verdict\": \"WARN\", \"case\": \"D30\", \"reason\": \"r\", \"ms\": 1, \"servers\": []}"
done
EOF
    echo "handler = \"$PWD/hook\"  verifier = \"$PWD/verifier\"  delegation = ignore" >"$ACMEHOOK_CONFIG"
    hook_calls deploy_challenge example.test
    status_is 0
    pending
    [[ $output == *"  WARN D30" ]]
}

@test "what a client has deployed an hour ago is cleaned, what it may still need is not" {
    zone_hook </dev/null
    hook_calls deploy_challenge example.test
    clean
    status_is 0
    [ -e "zone/example.test $digest" ]
    sed -i "s/\"created\": [0-9]*/\"created\": $(($(date +%s) - 3700))/" state/*/*.json
    clean
    status_is 0
    stderr_is ""
    nothing_left
    hook_calls deploy_challenge example.test
    clean --older-than 0 other.test
    [ "$(entries)" -eq 1 ]
    clean --older-than 0 example.test
    status_is 0
    nothing_left
}

@test "cleaning calls the handler that deployed it, whatever the configuration says now" {
    zone_hook </dev/null
    hook_calls deploy_challenge example.test
    config <<EOF
match "example.test" { handler = "$PWD/other" verify = off env = {"SECRET=1"} }
EOF
    echo 'echo "SECRET=$SECRET" >>calls' >slow.sh
    clean --older-than 0
    status_is 0
    tail -n 2 calls | file_is <(printf '%s\n' "clean_challenge example.test $token $digest" SECRET=1)
    nothing_left
}

@test "a clean that fails stays recorded, and is tried again" {
    zone_hook </dev/null
    hook_calls deploy_challenge example.test
    echo '[ "$1" = clean_challenge ] && [ -e keep ] && exit 7' >slow.sh
    touch keep
    hook_calls clean_challenge example.test
    status_is 1
    pending
    [[ $output == *" failed "* ]]
    clean
    status_is 1
    stderr_has "failed with exit status 7"
    rm keep
    clean
    status_is 0
    nothing_left
}

@test "clean-tries: a clean is tried again at once" {
    zone_hook <<<'clean-tries = 2'
    hook_calls deploy_challenge example.test
    echo '[ "$1" = clean_challenge ] && [ ! -e tried ] && touch tried && exit 7' >slow.sh
    hook_calls clean_challenge example.test
    status_is 0
    stderr_is ""
    [ "$(grep -c clean_challenge calls)" -eq 2 ]
    nothing_left
}

@test "killed while the handler runs: the handler has its time, then it is cleaned" {
    zone_hook </dev/null
    mkfifo go
    echo '[ "$1" = deploy_challenge ] && touch begun && read -r _ <go' >slow.sh
    "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest" &
    within 20 test -e begun
    kill -9 $!
    wait $! || true
    [ "$(entries)" -eq 1 ]
    # it goes on after pending has begun to wait for it
    { until [ -e waits ]; do sleep 0.02; done; echo >go; } &
    "$acmehook" pending --clean &
    touch waits
    wait $!
    file_is calls <<EOF
deploy_challenge example.test $token $digest
clean_challenge example.test $token $digest
EOF
    nothing_left
}

@test "a handler that was left behind and does not end is stopped, with all that it has started" {
    zone_hook <<<'timeout = 3'
    # its own session, no name in common, TERM ignored: the environment still tells whose it is
    echo '[ "$1" = deploy_challenge ] && { trap "" TERM; setsid sleep 1000 & echo $! >pid; touch begun; wait; wait; sleep 1000; }' >slow.sh
    "$acmehook" --timeout 100 --from dehydrated deploy_challenge example.test "$token" "$digest" &
    within 20 test -e begun
    kill -9 $!
    wait $! || true
    clean
    status_is 0
    ! kill -0 "$(cat pid)"
    nothing_left
}

@test "while another acmehook works on a name it is passed over, and who wants it too waits" {
    zone_hook </dev/null
    mkfifo go
    echo '[ "$1" = deploy_challenge ] && [ ! -e begun ] && touch begun && read -r _ <go; echo "at $4" >>calls' >slow.sh
    "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest" &
    first=$!
    within 20 test -e begun
    run --separate-stderr "$acmehook" -v pending --clean --older-than 0
    status_is 0
    stderr_has "example.test: in use by process $first"
    run --separate-stderr "$acmehook" --lock-timeout 0.1 --from dehydrated deploy_challenge example.test "$token" "$digest2"
    status_is 75
    stderr_has "another acmehook (process $first) has worked on example.test for 0.1 s"
    "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest2" &
    second=$!
    # another name has nothing to wait for
    hook_calls deploy_challenge other.test "$digest3"
    status_is 0
    echo >go
    wait $first
    wait $second
    tail -n 3 calls | file_is <(printf '%s\n' "at $digest" "deploy_challenge example.test $token $digest2" "at $digest2")
    rm slow.sh
    clean --older-than 0
    status_is 0
    nothing_left
}

@test "what cannot be locked is said, and fails" {
    zone_hook </dev/null
    hook_calls deploy_challenge example.test "$digest"
    status_is 0
    rm state/locks
    ln -s elsewhere state/locks
    clean --older-than 0
    status_is 1
    stderr_has "example.test: cannot be locked: "
    hook_calls deploy_challenge example.test "$digest2"
    status_is 75
    stderr_has "state: $PWD/state: example.test: cannot be locked: "
    rm state/locks
    clean --older-than 0
    status_is 0
    nothing_left
}

@test "200 rounds of two clients and a pending --clean at the same name" {
    zone_hook </dev/null
    client() {
        for ((i = 0; i < 200; i++)); do
            "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$1" || return
            [ -e "zone/example.test $1" ] || return
            # every fourth stays; at the end there is what must be, and nothing else
            [ $((i % 4)) -eq 3 ] ||
                "$acmehook" --from dehydrated clean_challenge example.test "$token" "$1" || return
        done
    }
    client "$digest" 2>>errors &
    one=$!
    client "$digest2" 2>>errors &
    two=$!
    while kill -0 $one 2>/dev/null || kill -0 $two 2>/dev/null; do
        "$acmehook" pending --clean 2>>errors
    done
    wait $one
    wait $two
    file_is errors </dev/null
    [ -e "zone/example.test $digest" ]
    [ -e "zone/example.test $digest2" ]
    [ "$(entries)" -eq 2 ]
    clean --older-than 0
    nothing_left
}

@test "killed at each step of the journal: it is always known what is left" {
    zone_hook </dev/null
    crash=$builddir/tests/fixture/acmehook-crash
    for word in deploy_challenge clean_challenge; do
        for ((at = 1; at < 100; at++)); do
            [ $word = deploy_challenge ] || hook_calls deploy_challenge example.test
            ACMEHOOK_CRASH_AT=$at program=$crash hook_calls $word example.test
            [ "$status" -eq 0 ] && break
            status_is 137
            clean
            status_is 0
            # what was done with is the client's: that one is killed too
            clean --older-than 0
            nothing_left
        done
        echo "$word: killed at $((at - 1)) steps"
        [ $at -gt 6 ]
        [ $at -lt 100 ]
        clean --older-than 0
    done
    # and while pending itself is at work
    for ((at = 1; at < 100; at++)); do
        hook_calls deploy_challenge example.test
        run env ACMEHOOK_CRASH_AT=$at "$crash" pending --clean --older-than 0
        [ "$status" -eq 0 ] && break
        clean --older-than 0
        nothing_left
    done
    [ $at -gt 4 ]
    nothing_left
}

@test "what is no entry is set aside, reported, and never lost" {
    zone_hook </dev/null
    hook_calls deploy_challenge example.test
    entry=$(echo state/*/*.json)
    for damage in 'head -c 100' 'head -c 0' 'tr { [' 'sed s/perform_challenge/save/' \
        'sed s/deployed/lost/' 'sed s/"version.:.2/"version":0/' 'head -c 2000000 /dev/zero'; do
        $damage <"$entry" >state/damaged.test_dns-01_x.json
        pending
        status_is 0
        stderr_has "state/damaged.test_dns-01_x.json is no entry ("
        stderr_has "state: 1 damaged file is set aside in $PWD/state"
        [[ $output == *example.test* ]]
        pending
        stderr_has "1 damaged file"
        rm state/damaged.test_dns-01_x.json.damaged
    done
    # what a later version wrote is not touched
    sed 's/"version": 2/"version": 3/' "$entry" >state/new.test_dns-01_x.json
    clean --older-than 0
    stderr_has "state/new.test_dns-01_x.json: a newer acmehook wrote it"
    rm state/new.test_dns-01_x.json
    nothing_left
}

@test "without a journal nothing is deployed" {
    zone_hook </dev/null
    touch file
    for row in "$PWD/file/state|cannot be made: Not a directory" "state|\"state\" is not an absolute path"; do
        ACMEHOOK_STATE=${row%|*}
        hook_calls deploy_challenge example.test
        status_is 2
        stderr_has "${row#*|}"
    done
    mkdir open
    chmod g+w open
    ACMEHOOK_STATE=$PWD/open
    hook_calls deploy_challenge example.test
    status_is 2
    stderr_has "state: others can write to $PWD/open; try: chmod go-w $PWD/open"
    [ ! -e calls ]
}

@test "what certbot's hook printed in auth it gets in cleanup, whatever client there is" {
    handler hook <<'EOF'
#!/bin/sh
echo "$CERTBOT_AUTH_OUTPUT" >>outputs
printf ' record 17\nof 2 \n\n'
EOF
    config <<<"handler = \"$PWD/hook\" to = certbot verify = off"
    hook_calls deploy_challenge example.test
    hook_calls clean_challenge example.test
    status_is 0
    file_is outputs <<<$'\nrecord 17\nof 2'
}

@test "mod_md's teardown without a value is for each value that it had set up" {
    zone_hook </dev/null
    md() {
        run --separate-stderr "$acmehook" --from mod_md "$@"
        status_is 0
    }
    md setup example.test "$digest"
    md setup example.test "$digest2"
    hook_calls deploy_challenge example.test "$digest3"
    md teardown example.test
    [ "$(ls zone)" = "example.test $digest3" ]
    run --separate-stderr "$acmehook" --from mod_md teardown example.test
    status_is 2
    stderr_has "mod_md does not say which value is to be cleaned, and none is recorded as deployed"
}
