# Certificates that could not be installed are kept, and tried again: at the client's next event for
# them, and by acmehook pending --retry.
load lib

# A handler that installs, unless there is a file "broken"; the configuration is on stdin. What is in
# slow.sh it does first.
installer() {
    mkdir -p installed
    touch key cert chain fullchain
    handler hook <<'EOF'
#!/bin/bash
cd "${0%/*}" || exit
echo "$*" >>calls
[ -e slow.sh ] && . ./slow.sh
case $1 in
deploy_cert)
    [ ! -e broken ] || { echo "disk is full" >&2; exit 3; }
    touch -- "installed/$2"
    ;;
deploy_ocsp) [ ! -e broken ] ;;
esac
EOF
    config <<EOF
handler = "$PWD/hook"
$(cat)
EOF
}

dehydrated() {
    run --separate-stderr "${program:-$acmehook}" --from dehydrated "$@"
}
deploy() { # DOMAIN [NAME OF THE FILES' DIRECTORY]
    local d=$PWD${2:+/$2}
    dehydrated deploy_cert "$1" "$d/key" "$d/cert" "$d/fullchain" "$d/chain" 1700000000
}
unchanged() {
    dehydrated unchanged_cert "$1" "$PWD/key" "$PWD/cert" "$PWD/fullchain" "$PWD/chain"
}
pending() {
    run --separate-stderr "$acmehook" pending "$@"
}
kept() {
    find state -name '*.retry' 2>/dev/null | wc -l
}
# an hour passes
later() {
    for f in state/*.retry; do
        sed -i "s/\"tried\": [0-9]*/\"tried\": $(($(date +%s) - 3700))/" "$f"
    done
}
within() { # SECONDS COMMAND...
    local end=$((SECONDS + $1))
    until "${@:2}"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}

@test "what was installed is not kept" {
    installer </dev/null
    deploy example.test
    status_is 0
    stderr_is ""
    [ -e installed/example.test ]
    [ "$(kept)" = 0 ]
    # what was noted while the handler ran is empty
    [ -e state/trying.0 ]
    [ ! -s state/trying.0 ]
    [ "$(stat -c %a state/trying.0)" = 600 ]
    pending
    stdout_is ""
}

@test "what failed is said, and kept: paths and the error, nothing else" {
    installer </dev/null
    touch broken
    echo secret >key
    deploy example.test
    status_is 1
    stderr_has "handler $PWD/hook failed with exit status 3"
    stderr_has "disk is full"
    stderr_has "acmehook: it is kept (acmehook pending), and will be tried again: attempt 1 of 20"
    jq -e --arg d "$PWD" '.version == 1 and .state == "failed" and .attempts == 1 and .from == "dehydrated" and
        .options == null and (.error | test("exit status 3")) and .event.cmd == "deploy_cert" and
        .event.cert_path == $d + "/cert" and .tried >= .created' state/example.test_deploy_cert_*.retry
    [ "$(stat -c %a state/*.retry)" = 600 ]
    run ! grep -r secret state
    pending
    status_is 0
    [[ $output =~ ^\ +[0-9]+s\ \ failed\ +deploy_cert\ example.test\ \ attempt\ 1\ of\ 20,\ next\ in\ +[0-9]+[sm]:\ handler\ .*exit\ status\ 3$ ]]
    pending other.test
    stdout_is ""
    # --clean is for challenges
    pending --clean --older-than 0
    status_is 0
    [ "$(kept)" = 1 ]
}

@test "pending --retry tries again what is due, and all that is named" {
    installer </dev/null
    touch broken
    deploy example.test
    rm broken
    pending --retry
    status_is 0
    [ ! -e installed/example.test ]
    later
    pending --retry
    status_is 0
    stderr_is ""
    [ -e installed/example.test ]
    [ "$(kept)" = 0 ]
    [ "$(sort -u calls)" = "deploy_cert example.test $PWD/key $PWD/cert $PWD/fullchain $PWD/chain 1700000000" ]
    touch broken
    deploy example.test
    deploy other.test
    rm broken
    pending --retry example.test
    status_is 0
    [ "$(kept)" = 1 ]
    pending
    [[ $output == *" other.test "* ]]
}

@test "pending --retry and --forget say what cannot be locked, and fail" {
    installer </dev/null
    touch broken
    deploy example.test
    rm broken state/locks
    ln -s elsewhere state/locks
    for option in --retry --forget; do
        run --separate-stderr "$acmehook" pending $option example.test
        status_is 1
        stderr_is "acmehook: the certificate of example.test: cannot be locked: Too many levels of symbolic links"
    done
    [ "$(kept)" = 1 ]
    rm state/locks
    pending --retry example.test
    status_is 0
    [ "$(kept)" = 0 ]
}

@test "the pause grows, up to a day; at the limit it is given up, reported, and still there" {
    installer <<<'retry-limit = 3 retry-pause = 1h'
    touch broken
    deploy example.test
    pending --format json
    jq -e '.next - .tried == 3600 and .limit == 3 and .state == "failed" and .attempts == 1' <<<"$output"
    later
    pending --retry
    status_is 1
    stderr_has "attempt 2 of 3"
    pending --format json
    jq -e '.next - .tried == 7200' <<<"$output"
    later
    pending --retry
    status_is 0
    [ "$(grep -c . calls)" = 2 ]
    pending --retry example.test
    status_is 1
    stderr_has "it was tried 3 times (retry-limit 3), and will not be again by itself: acmehook pending --retry example.test, or --forget example.test"
    later
    pending --retry
    status_is 0
    stderr_is ""
    [ "$(grep -c . calls)" = 3 ]
    pending
    [[ $output == *" given-up   deploy_cert example.test  attempt 3 of 3: handler "* ]]
    pending --format json
    jq -e '.state == "given-up" and .next == null' <<<"$output"
    rm broken
    # a longer limit brings it back; four hours have not passed
    run --separate-stderr "$acmehook" --retry-limit 30 pending --retry
    status_is 0
    [ "$(kept)" = 1 ]
    sed -i 's/"tried": [0-9]*/"tried": 1/' state/*.retry
    run --separate-stderr "$acmehook" --retry-limit 30 pending --retry
    [ -e installed/example.test ]
    [ "$(kept)" = 0 ]
}

@test "pending --forget" {
    installer </dev/null
    touch broken
    deploy example.test
    deploy other.test
    pending --forget
    status_is 2
    stderr_has "pending --forget: say for which names"
    [ "$(kept)" = 2 ]
    pending --forget example.test nothing.test
    status_is 1
    stderr_is "acmehook: pending: no certificate is kept for nothing.test"
    [ "$(kept)" = 1 ]
    pending
    [[ $output == *other.test* ]]
}

@test "it is tried again when the client comes for this certificate, and at its exit" {
    installer </dev/null
    touch broken
    deploy a.test
    deploy b.test
    rm broken
    unchanged a.test
    status_is 0
    [ "$(kept)" = 2 ] # it is not their turn
    later
    unchanged a.test
    status_is 0
    stderr_is ""
    [ -e installed/a.test ]
    [ "$(kept)" = 1 ]
    [ "$(tail -n 2 calls | cut -d ' ' -f 1 | paste -sd ' ')" = "unchanged_cert deploy_cert" ]
    dehydrated exit_hook
    status_is 0
    [ -e installed/b.test ]
    [ "$(kept)" = 0 ]
    # its failure is reported, and decides nothing
    touch broken
    deploy a.test
    later
    dehydrated exit_hook
    status_is 0
    stderr_has "attempt 2 of 20"
}

@test "certbot: at post" {
    installer </dev/null
    mkdir live
    touch broken live/{cert,privkey,chain,fullchain}.pem
    RENEWED_LINEAGE=$PWD/live RENEWED_DOMAINS="example.test www.example.test" run --separate-stderr "$acmehook" --from certbot deploy
    status_is 1
    jq -e '.from == "certbot" and .event.altnames == "example.test www.example.test"' state/*.retry
    rm broken
    later
    run --separate-stderr "$acmehook" --from certbot post
    status_is 0
    [ -e installed/example.test ]
    [ "$(kept)" = 0 ]
}

@test "a new certificate takes the place of the one that failed; another file is another certificate" {
    installer </dev/null
    touch broken
    deploy example.test
    later
    pending --retry
    jq -e '.attempts == 2' state/*.retry
    deploy example.test
    [ "$(kept)" = 1 ]
    jq -e '.attempts == 1' state/*.retry
    mkdir ecdsa
    touch ecdsa/{key,cert,chain,fullchain}
    deploy example.test ecdsa
    [ "$(kept)" = 2 ]
    rm broken
    deploy example.test
    [ "$(kept)" = 1 ]
    grep -q ecdsa state/*.retry
    dehydrated deploy_ocsp example.test "$PWD/ocsp" 1700000000
    status_is 0
    [ "$(kept)" = 1 ]
}

@test "deploy_ocsp is kept, too; what installs nothing is not" {
    installer </dev/null
    touch broken ocsp
    dehydrated deploy_ocsp example.test "$PWD/ocsp" 1700000000
    status_is 1
    pending
    [[ $output == *" deploy_ocsp example.test "* ]]
    rm broken
    pending --retry example.test
    status_is 0
    [ "$(tail -n 1 calls)" = "deploy_ocsp example.test $PWD/ocsp 1700000000" ]
    [ "$(kept)" = 0 ]
    printf '#!/bin/sh\nexit 1\n' >hook
    for call in "sync_cert $PWD/key $PWD/cert $PWD/fullchain $PWD/chain $PWD/csr" "unchanged_cert example.test $PWD/key $PWD/cert $PWD/fullchain $PWD/chain" \
        "generate_csr example.test $PWD example.test" startup_hook exit_hook "invalid_challenge example.test no"; do
        # shellcheck disable=SC2086
        dehydrated $call
        [ -n "$stderr" ]
    done
    [ "$(kept)" = 0 ]
}

@test "files that are gone are named" {
    installer </dev/null
    touch broken
    deploy example.test
    rm fullchain broken
    pending --retry example.test
    status_is 1
    stderr_has "$PWD/fullchain is not there any more (No such file or directory): it was never installed for example.test, and cannot be"
    [ "$(kept)" = 1 ]
    jq -e '.attempts == 2' state/*.retry
    [ "$(grep -c . calls)" = 1 ]
}

@test "with the options of the client's command line, and what the configuration says now" {
    installer </dev/null
    touch broken
    cp hook by-option
    run --separate-stderr "$acmehook" -H ./by-option --timeout 3m --umask 077 --from dehydrated deploy_cert example.test key cert fullchain chain 1700000000
    status_is 1
    jq -e --arg d "$PWD" '.options == {"handler": ($d + "/./by-option"), "timeout": "180000ms", "umask": "077"} and
        .event.key_path == $d + "/key"' state/*.retry
    rm broken
    printf '#!/bin/sh\nexit 9\n' >hook
    mkdir elsewhere
    cd elsewhere
    pending --retry example.test
    cd ..
    status_is 0
    [ -e installed/example.test ]
    [ "$(stat -c %a installed/example.test)" = 600 ]
    # of the command line at exit nothing counts for it
    touch broken
    config </dev/null
    run --separate-stderr "$acmehook" -H "$PWD/by-option" --from dehydrated deploy_cert example.test key cert fullchain chain 1700000000
    status_is 1
    rm broken
    later
    recorder other
    run --separate-stderr "$acmehook" -H "$PWD/other" --from dehydrated exit_hook
    status_is 0
    [ "$(kept)" = 0 ]
    file_is other.calls <<<exit_hook
}

@test "without a handler it is not lost" {
    installer </dev/null
    touch broken
    deploy example.test
    config </dev/null
    pending --retry example.test
    status_is 1
    stderr_has "no handler is told of deploy_cert of example.test any more; set one, or say acmehook pending --forget example.test"
    [ "$(kept)" = 1 ]
    # nobody was ever to be told: nothing is kept
    deploy other.test </dev/null
    [ "$(kept)" = 1 ]
}

@test "what cannot be started, is not made for it, or does not end is kept" {
    installer <<<'timeout = 0.1'
    chmod -x hook
    deploy example.test
    status_is 2
    [ "$(kept)" = 1 ]
    chmod +x hook
    echo 'sleep 100' >slow.sh
    deploy example.test
    status_is 5
    [ "$(kept)" = 1 ]
    jq -e '.attempts == 1' state/*.retry
}

@test "a certificate is installed although it could not be remembered, and that is said if it fails" {
    installer </dev/null
    export ACMEHOOK_STATE=/dev/null/journal
    deploy example.test
    status_is 0
    stderr_is ""
    touch broken
    deploy example.test
    status_is 1
    stderr_has "acmehook: deploy_cert example.test: NOT INSTALLED, and it cannot be remembered: state: /dev/null/journal cannot be made"
}

@test "killed while the handler runs: it is tried again, when that one has ended" {
    installer </dev/null
    mkfifo go
    echo '[ ! -e begun ] && touch begun && read -r _ <go; echo done >>calls' >slow.sh
    "$acmehook" --from dehydrated deploy_cert example.test "$PWD/key" "$PWD/cert" "$PWD/fullchain" "$PWD/chain" 1700000000 &
    within 20 test -e begun
    # another process sees that it is under way
    pending
    stdout_is ""
    kill -9 $!
    wait $! || true
    pending
    [[ $output == *" cut-off    deploy_cert example.test  attempt 1 of 20" ]]
    [ "$(kept)" = 1 ]
    { until [ -e waits ]; do sleep 0.02; done; echo >go; } &
    "$acmehook" pending --retry &
    touch waits
    wait $!
    [ "$(cut -d ' ' -f 1 calls | paste -sd ' ')" = "deploy_cert done deploy_cert done" ]
    [ "$(kept)" = 0 ]
}

@test "while another acmehook installs it, it is passed over" {
    installer </dev/null
    touch broken
    deploy example.test
    rm broken
    mkfifo go
    echo '[ ! -e begun ] && touch begun && read -r _ <go' >slow.sh
    "$acmehook" --from dehydrated deploy_cert example.test "$PWD/key" "$PWD/cert" "$PWD/fullchain" "$PWD/chain" 1700000000 &
    first=$!
    within 20 test -e begun
    run --separate-stderr "$acmehook" -v pending --retry example.test
    status_is 0
    stderr_has "the certificate of example.test: in use by process $first"
    echo >go
    wait $first
    [ "$(kept)" = 0 ]
}

@test "killed at each step of the journal: installed, or to be tried again" {
    installer </dev/null
    crash=$builddir/tests/fixture/acmehook-crash
    for fails in "" yes; do
        for ((at = 1; at < 100; at++)); do
            rm -rf state installed/* broken calls
            [ -z "$fails" ] || touch broken
            export ACMEHOOK_CRASH_AT=$at
            program=$crash deploy example.test
            unset ACMEHOOK_CRASH_AT
            [ "$status" -eq 137 ] || break
            # before the handler: the client knows that it has to come again
            rm -f broken
            [ -e calls ] || deploy example.test
            pending
            [ -n "$output" ] || [ -e installed/example.test ]
            pending --retry
            [ ! -e calls ] || [ -e installed/example.test ] || pending --retry example.test
            [ -e installed/example.test ]
            [ "$(kept)" = 0 ]
            pending
            stdout_is ""
        done
        echo "fails=$fails: killed at $((at - 1)) steps"
        [ $at -gt 4 ]
        [ $at -lt 100 ]
    done
}

@test "killed at each step of the journal while it is tried again" {
    installer </dev/null
    crash=$builddir/tests/fixture/acmehook-crash
    for fails in "" yes; do
        for ((at = 1; at < 100; at++)); do
            rm -rf state installed/*
            touch broken
            deploy example.test
            [ -n "$fails" ] || rm broken
            run env ACMEHOOK_CRASH_AT=$at "$crash" pending --retry example.test
            [ "$status" -eq 137 ] || break
            rm -f broken
            # perhaps it was installed, and only that was not noted any more: twice does no harm
            pending
            [ -e installed/example.test ] || [ -n "$output" ]
            pending --retry example.test
            [ -e installed/example.test ]
            [ "$(kept)" = 0 ]
        done
        echo "fails=$fails: killed at $((at - 1)) steps"
        [ $at -gt 4 ]
        [ $at -lt 100 ]
    done
}

@test "what is no entry is set aside, what is newer is left alone" {
    installer </dev/null
    touch broken
    deploy example.test
    entry=$(echo state/*.retry)
    for damage in 'head -c 100' 'tr { [' 'sed s/deploy_cert/unchanged_cert/' 'sed s/attempts...1/attempts":0/' \
        'sed s/"failed"/"lost"/' 'sed s/options...null/options":7/' 'head -c 0' 'head -c 2000000 /dev/zero'; do
        for name in damaged.test_deploy_cert_x.retry trying.1; do
            [ "$name $damage" != 'trying.1 head -c 0' ] || continue
            $damage <"$entry" >state/$name
            pending
            status_is 0
            stderr_has "state/$name is no entry ("
            [[ $output == *example.test* ]]
            rm state/$name.damaged
        done
    done
    sed 's/"version": 1/"version": 2/' "$entry" >state/new.test_deploy_cert_x.retry
    cp state/new.test_deploy_cert_x.retry state/trying.0
    pending --retry new.test
    stderr_has "state/new.test_deploy_cert_x.retry: a newer acmehook wrote it"
    rm broken
    deploy other.test
    status_is 0
    [ -e installed/other.test ]
    grep -q '"version": 2' state/trying.0
}

event() { # CMD DOMAIN
    echo '{"cmd": "'"$1"'", "domain": "'"$2"'", "cert_path": "'"$PWD"'/cert", "key_path": "'"$PWD"'/key", "chain_path": "'"$PWD"'/chain", "fullchain_path": "'"$PWD"'/fullchain"}'
}

@test "run: the result says that it is kept; it is tried again at the next event for it, and at exit" {
    installer </dev/null
    touch broken
    {
        event deploy_cert a.test
        event deploy_cert b.test
        event deploy_cert c.test
    } >events
    run --separate-stderr "$acmehook" run events
    status_is 1
    stderr_is ""
    jq -es 'length == 3 and all(.retry.attempts == 1 and .retry.next > 1700000000)' <<<"$output"
    [ "$(kept)" = 3 ]
    rm broken
    later
    {
        event unchanged_cert a.test
        event deploy_cert c.test
    } >events
    run --separate-stderr "$acmehook" run events
    status_is 0
    [ "$(wc -l <<<"$output")" = 2 ]
    jq -es 'all(.retry == null)' <<<"$output"
    [ "$(kept)" = 1 ]
    [ -e installed/a.test ]
    echo '{"cmd": "exit_hook"}' >events
    run --separate-stderr "$acmehook" run events
    status_is 0
    [ -e installed/b.test ]
    [ "$(kept)" = 0 ]
    touch broken
    event deploy_cert a.test >events
    "$acmehook" run events >results || :
    later
    echo '{"cmd": "exit_hook"}' >events
    run --separate-stderr "$acmehook" run events
    status_is 0
    stderr_has "deploy_cert a.test: tried again: handler $PWD/hook failed with exit status 3"
    [ "$(jq -r .attempts state/*.retry)" = 2 ]
}

@test "run: killed with many under way, each is installed or kept" {
    installer </dev/null
    for i in $(seq 40); do event deploy_cert "n$i.test"; done >events
    mkfifo go
    echo 'echo . >>begun; read -r _ <go' >slow.sh
    "$acmehook" -j 8 run events >results &
    within 20 sh -c '[ "$(wc -l 2>/dev/null <begun || echo 0)" -ge 8 ]'
    kill -9 $!
    wait $! || true
    rm slow.sh
    pending
    [ "$(grep -c cut-off <<<"$output")" = 8 ]
    # the handlers that were left behind end
    for _ in 1 2 3 4 5 6 7 8; do echo >go; done &
    run --separate-stderr "$acmehook" --timeout 20 pending --retry
    status_is 0
    [ "$(kept)" = 0 ]
    [ "$(find installed -name 'n*.test' | wc -l)" -ge 8 ]
    kill $! 2>/dev/null || :
}
