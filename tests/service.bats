# acmehook run at work: many events at once, many clients, and what goes wrong with them.
load lib

teardown() {
    [ -z "${service-}" ] || { kill "$service" && wait "$service"; } 2>/dev/null || :
    exec 7>&- 8>&-
}

# deploy NAME [ID], clean NAME [ID], barrier: event lines
deploy() {
    printf '{"cmd": "perform_challenge", "type": "dns-01", "domain": "%s", "validation": "%s", "id": "%s"}\n' "$1" "${3-$digest}" "${2-$1}"
}
clean() {
    printf '{"cmd": "cleanup", "type": "dns-01", "domain": "%s", "validation": "%s", "id": "%s"}\n' "$1" "${3-$digest}" "${2-$1}"
}

# logger NAME [SECONDS]: a handler that logs when it begins and when it ends
logger() {
    handler "$1" <<EOF
#!/bin/bash
echo "begin \$1 \$2" >>$PWD/log
while [ -e $PWD/hold-\$2 ]; do sleep 0.02; done
echo "end \$1 \$2" >>$PWD/log
[ ! -e $PWD/fail-\$2 ]
EOF
    : >log
}
until_in() { # FILE TEXT [COUNT]: waits until so many lines have it
    local n=0
    until [ -e "$1" ] && [ "$(grep -cF -e "$2" "$1")" -ge "${3-1}" ]; do
        sleep 0.05
        n=$((n + 1))
        [ "$n" -lt 400 ] || { echo "no $2 in $1:"; cat "$1"; return 1; }
    done
}

# serve [OPTION...]: a service on the socket "socket"; its id is $service
serve() {
    "$acmehook" --verify off -H "$PWD/hook" --listen "unix:$PWD/socket" "$@" run >stdout 2>stderr 3>&- &
    service=$!
    until [ -S socket ]; do kill -0 "$service"; sleep 0.02; done
}
# ask [SOCAT-OPTION...]: events in, results out, as one client
ask() {
    socat -t 30 - "UNIX-CONNECT:$PWD/socket" 3>&-
}
need_socat() {
    command -v socat >/dev/null || skip "socat is not installed"
}
stop() { # STATUS: ends the service
    local status=0
    kill "$service"
    wait "$service" || status=$?
    service=
    [ "$status" = "$1" ] || { echo "status $status instead of $1"; cat stderr; return 1; }
}

@test "handlers run side by side, as many as --jobs says" {
    logger hook
    touch hold-a.test hold-b.test hold-c.test
    { for n in a b c; do deploy $n.test; done; } |
        "$acmehook" --verify off -H "$PWD/hook" --jobs 2 run >results &
    until_in log begin 2
    rm hold-b.test # its result is there first, and c begins
    until_in results '"id": "b.test"'
    until_in log 'begin deploy_challenge c.test'
    rm hold-c.test hold-a.test
    wait $!
    [ "$(jq -r .id results | tail -n 1)" != b.test ]
    [ "$(jq -s 'map(.ok) | all and length == 3' results)" = true ]
}

@test "the verifier is asked although handlers are waited for, and others wait" {
    verifier PASS
    logger hook
    touch hold-b.test
    { for n in a b c; do deploy $n.test; done; } | "$acmehook" --jobs 1 run >results &
    until_in log 'begin deploy_challenge b.test'
    until_in results '"id": "a.test"'
    rm hold-b.test
    wait $!
    [ "$(jq -s 'map(.ok) | all and length == 3' results)" = true ]
}

@test "many handlers that do little: each result is proven, after its handler" {
    verifier PASS
    handler hook <<<$'#!/bin/sh\necho "$2" >>called'
    for n in $(seq 300); do deploy n$n.test; done |
        "$acmehook" --jobs 2 run >results
    [ "$(jq -s 'map(.ok and .verify.verdict == "PASS") | all and length == 300' results)" = true ]
    [ "$(jq -r .domain questions | sort)" = "$(sort called)" ]
}

@test "with --ordered the results come in the order of the events" {
    logger hook
    touch hold-a.test
    { for n in a b c; do deploy $n.test; done; } |
        "$acmehook" --verify off -H "$PWD/hook" --jobs 3 --ordered run >results &
    until_in log end 2
    [ ! -s results ]
    rm hold-a.test
    wait $!
    [ "$(jq -r .id results | tr '\n' ' ')" = "a.test b.test c.test " ]
}

@test "the events of one identifier are handled in their order" {
    logger hook
    touch hold-a.test
    { deploy a.test 1; clean a.test 2; deploy a.test 3; deploy b.test 4; } |
        "$acmehook" --verify off -H "$PWD/hook" --jobs 4 run >results &
    until_in log 'end deploy_challenge b.test'
    [ "$(grep -c begin log)" = 2 ]
    rm hold-a.test
    wait $!
    [ "$(grep a.test log | tr '\n' ' ')" = "begin deploy_challenge a.test end deploy_challenge a.test begin clean_challenge a.test end clean_challenge a.test begin deploy_challenge a.test end deploy_challenge a.test " ]
}

@test "an event without an identifier is in order with all others" {
    logger hook
    touch hold-a.test
    { deploy a.test; echo '{"cmd": "exit_hook"}'; deploy b.test; } |
        "$acmehook" --verify off -H "$PWD/hook" --jobs 4 run >results &
    until_in log begin
    rm hold-a.test
    wait $!
    [ "$(grep begin log | tr '\n' ' ')" = "begin deploy_challenge a.test begin exit_hook  begin deploy_challenge b.test " ]
}

@test "a handler that is serial never runs twice at once; others do" {
    logger hook
    logger free
    config <<EOF
handler = "$PWD/hook"
serial = yes
verify = off
match "free.test" { handler = "$PWD/free" serial = no }
EOF
    touch hold-a.test
    { deploy a.test; deploy b.test; deploy free.test; } | "$acmehook" --jobs 4 run >results &
    until_in log 'end deploy_challenge free.test'
    ! grep b.test log
    rm hold-a.test
    wait $!
    [ "$(jq -s 'map(.ok) | all and length == 3' results)" = true ]
    [ "$(grep -v free log | head -n 2 | tr '\n' ' ')" = "begin deploy_challenge a.test end deploy_challenge a.test " ]
}

@test "while a clean that failed waits for another try, it is the turn of others" {
    handler hook <<'EOF'
#!/bin/sh
echo "$1 $2" >>"$0.calls"
[ "$1 $2" != "clean_challenge a.test" ] || [ -e mended ]
EOF
    { clean a.test; clean b.test; deploy a.test; } >events
    config <<<'clean-tries = 20'
    "$acmehook" --verify off -H "$PWD/hook" --jobs 1 run events >results &
    until_in hook.calls b.test
    ! grep "deploy_challenge a.test" hook.calls
    touch mended
    wait $!
    jq -se 'map(.ok) | all and length == 3' results
    [ "$(tail -n 2 hook.calls | tr '\n' ' ')" = "clean_challenge a.test deploy_challenge a.test " ]
}

@test "SIGTERM: a clean that waits for another try is given up at once" {
    handler hook <<'EOF'
#!/bin/sh
echo "$1 $2" >>"$0.calls"
[ "$1" != clean_challenge ]
EOF
    config <<<'clean-tries = 20'
    { deploy a.test; clean a.test; } >events
    "$acmehook" --verify off -H "$PWD/hook" run events >results 3>&- &
    service=$!
    until_in hook.calls clean_challenge 3 # the next pause has 4 s
    before=$SECONDS
    stop 75
    [ $((SECONDS - before)) -le 2 ]
    jq -se 'map(.ok) | sort == [false, true]' results
    run -0 "$acmehook" pending
    grep -q a.test <<<"$output"
}

@test "chain: a handler gets many challenges at once, and each has its result" {
    handler hook <<'EOF'
#!/bin/bash
echo "$(($# / 3)) $1" >>"$0.calls"
EOF
    {
        for i in $(seq 5); do deploy "n$i.test"; done
        deploy n1.test second "$digest2" # a name and its wildcard go together
        for i in $(seq 5); do clean "n$i.test" "clean$i"; done
        clean n1.test clean-second "$digest2"
    } >events
    "$acmehook" --verify off -H "$PWD/hook" --jobs 1 --chain --chain-delay 0.2 run events >results
    [ "$(jq -s 'map(.ok) | all and length == 12' results)" = true ]
    [ "$(jq -s 'map(.id) | unique | length' results)" = 12 ]
    [ "$(cat hook.calls)" = $'6 deploy_challenge\n6 clean_challenge' ]
    rm hook.calls
    "$acmehook" --verify off -H "$PWD/hook" --jobs 1 --chain --chain-max 4 run events >results
    [ "$(cut -d ' ' -f 1 hook.calls | sort -n | tail -n 1)" = 4 ]
    [ "$(awk '{ n += $1 } END { print n }' hook.calls)" = 12 ]
}

@test "many clients of a socket, each gets its own results; SIGTERM ends with 0 when all is answered" {
    need_socat
    recorder hook
    serve --jobs 4
    [ "$(stat -c %a socket)" = 600 ]
    for c in 1 2 3 4; do
        for i in $(seq 10); do deploy "c$c-$i.test"; done | ask >"results$c" &
        clients+=($!)
    done
    wait "${clients[@]}"
    for c in 1 2 3 4; do
        [ "$(jq -r .id "results$c" | sort)" = "$(for i in $(seq 10); do echo "c$c-$i.test"; done | sort)" ]
    done
    stop 0
    [ ! -e socket ]
    [ ! -s stderr ]
}

@test "clients that are a burden: others are served all the same" {
    need_socat
    recorder hook
    serve --jobs 2
    head -c 3000000 /dev/zero | tr '\0' x >endless
    for i in $(seq 2000); do printf '{"cmd": "none", "id": "%0999d"}\n' "$i"; done >flood
    # they stay until we close their input: an endless line, nonsense, nothing, one that never reads
    for b in endless nonsense nothing flood; do
        mkfifo "$b.in"
        if [ $b = flood ]; then
            socat -u - "UNIX-CONNECT:$PWD/socket" <"$b.in" 3>&- &
        else
            ask <"$b.in" >"$b.out" &
        fi
        burdens+=($!)
        exec {fd}>"$b.in"
        fds+=("$fd")
    done
    cat endless >&"${fds[0]}" &
    printf 'nonsense\n{"cmd": 1}\n' >&"${fds[1]}"
    cat flood >&"${fds[3]}" &
    burdens+=($!)
    # one that goes away at once
    deploy gone.test | socat -u - "UNIX-CONNECT:$PWD/socket"
    until_in nonsense.out '"ok": false' 2
    for i in 1 2 3; do
        deploy "good$i.test" | ask >good
        [ "$(jq -r '.id + (.ok | tostring)' good)" = "good$i.testtrue" ]
    done
    for fd in "${fds[@]}"; do exec {fd}>&-; done
    kill "${burdens[@]}" 2>/dev/null || :
    stop 0
    grep -q gone.test hook.calls
}

@test "a handler that vanishes is the failure of its events only" {
    need_socat
    recorder hook
    recorder other
    config <<EOF
handler = "$PWD/hook"
match "other.test" { handler = "$PWD/other" }
EOF
    "$acmehook" --verify off --listen "unix:$PWD/socket" run >stdout 2>stderr 3>&- &
    service=$!
    until [ -S socket ]; do kill -0 "$service"; sleep 0.02; done
    rm hook
    { deploy a.test; deploy other.test; } | ask >results
    jq -e -s 'map({(.id): .ok}) | add == {"a.test": false, "other.test": true}' results
    jq -e -s 'map(select(.id == "a.test"))[0].error | test("no such file"; "i")' results
    stop 0
}

@test "SIGTERM: what is accepted is answered, what was deployed is undone" {
    need_socat
    logger hook
    touch hold-a.test
    serve --jobs 1
    mkfifo events
    ask <events >results &
    client=$!
    exec 7>events
    { deploy a.test; deploy b.test; } >&7
    until_in log begin
    # what comes now was not accepted, and is not answered
    kill "$service"
    until_in log 'begin clean_challenge a.test'
    rm hold-a.test
    until_in results '"ok": false' 2
    status=0
    wait "$service" || status=$?
    service=
    [ "$status" = 75 ]
    exec 7>&-
    wait "$client" || :
    jq -e -s 'map(.id) | sort == ["a.test", "b.test"]' results
    jq -e -s 'map(select(.id == "b.test"))[0].error | test("stopped")' results
    [ "$(grep begin log | tr '\n' ' ')" = "begin deploy_challenge a.test begin clean_challenge a.test " ]
    run -0 --separate-stderr "$acmehook" pending
    stdout_is ""
}

@test "a service that is stopped takes over its socket when it comes back, but nobody else's" {
    need_socat
    recorder hook
    serve
    kill -KILL "$service"
    wait "$service" || :
    [ -S socket ]
    serve
    until deploy a.test | ask >results 2>/dev/null; do kill -0 "$service"; done
    run --separate-stderr "$acmehook" -H "$PWD/hook" --listen "unix:$PWD/socket" run
    status_is 2
    stderr_has "is in use"
    deploy b.test | ask | jq -e .ok
    stop 0
    echo x >file
    run --separate-stderr "$acmehook" -H "$PWD/hook" --listen "unix:$PWD/file" run
    status_is 2
    [ "$(cat file)" = x ]
}

@test "systemd opens the socket" {
    need_socat
    recorder hook
    command -v systemd-socket-activate >/dev/null || skip "systemd-socket-activate is not installed"
    systemd-socket-activate -l "$PWD/socket" -E ACMEHOOK_CONFIG -E ACMEHOOK_STATE -E LC_ALL \
        "$acmehook" --verify off -H "$PWD/hook" run >stdout 2>stderr 3>&- &
    service=$!
    until [ -S socket ]; do kill -0 "$service"; sleep 0.02; done
    deploy a.test | ask | jq -e '.ok and .id == "a.test"'
    deploy b.test | ask | jq -e '.ok and .id == "b.test"'
    ! grep -q LISTEN_ hook.env
    stop 0
    [ -S socket ] # it is not ours
}

@test "a FIFO: writers come and go" {
    recorder hook
    "$acmehook" --verify off -H "$PWD/hook" --fifo "$PWD/fifo" run >results 2>stderr 3>&- &
    service=$!
    until [ -p fifo ]; do kill -0 "$service"; sleep 0.02; done
    deploy a.test >fifo
    until_in results a.test
    deploy b.test >fifo
    until_in results b.test
    stop 0
    [ "$(jq -s 'map(.ok) | all and length == 2' results)" = true ]
}

@test "wrong uses are refused" {
    run --separate-stderr "$acmehook" --listen tcp:80 run
    status_is 2
    stderr_has 'listen: "tcp:80" is not unix:PATH'
    run --separate-stderr "$acmehook" --listen "unix:$PWD/socket" run file
    status_is 2
    stderr_has "does not go together"
    echo x >file
    run --separate-stderr "$acmehook" --fifo "$PWD/file" run
    status_is 2
    stderr_has "is no FIFO"
    run --separate-stderr "$acmehook" --jobs 0 run
    status_is 2
    run --separate-stderr "$acmehook" run .
    status_is 2
}

@test "nobody reads the results: 75, and what was begun is finished" {
    recorder hook
    for i in $(seq 60); do deploy "n$i.test"; done >events
    mkfifo pipe
    head -n 1 <pipe >first &
    status=0
    "$acmehook" --verify off -H "$PWD/hook" --jobs 1 run events >pipe 2>stderr || status=$?
    [ "$status" = 75 ]
    grep -q 'not all results were read' stderr
    # each is recorded that was deployed
    [ "$(wc -l <hook.calls)" = "$("$acmehook" pending | grep -c 'n[0-9]*\.test')" ]
}

@test "a full disk: results wait for room, none is lost" {
    unshare -Urm true 2>/dev/null || skip "no user namespaces"
    recorder hook
    for i in $(seq 20); do deploy "n$i.test"; done >events
    mkdir disk
    cat >inside <<EOF
set -e
mount -t tmpfs -o size=8k none $PWD/disk
head -c 4096 /dev/zero >$PWD/disk/ballast
"$acmehook" --verify off -H "$PWD/hook" run events >$PWD/disk/results 2>stderr &
for n in \$(seq 400); do ! grep -q "No space" stderr || break; sleep 0.05; done
rm $PWD/disk/ballast
mount -o remount,size=1m $PWD/disk
wait \$!
cp $PWD/disk/results results
EOF
    unshare -Urm bash inside
    [ "$(jq -r .id results | sort -u | wc -l)" = 20 ]
    [ "$(wc -l <results)" = 20 ]
    grep -q 'stdin\|events' stderr
}

@test "explain run says what would be done with each event" {
    recorder hook
    { deploy a.test; echo nonsense; } >events
    run --separate-stderr "$acmehook" -H "$PWD/hook" explain run events
    status_is 2
    [[ $output == *"argv:     $PWD/hook deploy_challenge a.test"* ]]
    stderr_has "line 2 is not JSON"
    [ ! -e hook.calls ]
}

@test "the units in examples/systemd are what systemd understands" {
    command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"
    cp "$srcdir"/examples/systemd/* .
    sed -i "s,/usr/bin/acmehook,$acmehook,; s,/usr/sbin/acmehook-responder,$builddir/acmehook-responder," -- *.service
    [ -x "$builddir/acmehook-responder" ] || rm acmehook-responder.*
    # it looks for the manuals, which need not be installed
    sed -i '/^Documentation=/d' -- *.service
    run systemd-analyze verify ./*.socket ./*.service ./*.timer
    ! grep -F acmehook <<<"$output" || return 1
}

@test "a small soak: the verifier is killed, acmehook is stopped, and no event is lost" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    SOAK_EVENTS=400 SOAK_KILL=0.7 SOAK_RESTART=1.5 run -0 "$srcdir/tests/soak" "$builddir"
    [[ $output == *"left in the zone: 0; in the journal: 0; faults: 0"* ]]
}
