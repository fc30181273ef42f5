# After a clean: is it gone? Name servers are fakedns; the hook writes what they say.
load lib
load fakedns

setup() {
    own_directory
    for n in server1 server2; do server $n <<<"* * nxdomain example.test"; done
    # shellcheck disable=SC2154 # set by server
    servers=("$server1" "$server2")
    config <<EOF
handler = "$PWD/hook"
authority = { "${servers[0]}", "${servers[1]}" }
verify-timeout = 1
EOF
    hook 1 2
}

# hook SERVER...: deploys to both servers, and cleans these
hook() {
    handler hook <<EOF
#!/bin/sh
case \$1 in
deploy_challenge) for n in 1 2; do echo "_acme-challenge.\$2 TXT txt \"\$4\"" >new && mv new server\$n.rules; done ;;
clean_challenge) for n in $*; do echo "* * nxdomain example.test" >new && mv new server\$n.rules; done ;;
esac
echo "\$1" >>calls
EOF
}

deploy() {
    run -0 --separate-stderr "$acmehook" "$@" --from dehydrated deploy_challenge example.test "$token" "$digest"
}
clean() {
    run --separate-stderr "$acmehook" "$@" --from dehydrated clean_challenge example.test "$token" "$digest"
}
cleaned() { # as data
    clean --format json "$@"
    echo "$stderr"
    jq -er '(.ok | tostring) + " " + (.verify.verdict // "-") + " " + (.verify.case // "-")' <<<"$stderr"
}

@test "gone from all servers: nothing is said, and nobody is kept waiting" {
    deploy
    clean
    status_is 0
    stderr_is ""
    deploy
    run cleaned
    [ "${lines[-1]}" = "true PASS -" ]
    jq -e '.verify | .attempts == 1 and .ms < 1000 and (.servers | length) == 2' <<<"${lines[0]}"
    run -0 "$acmehook" pending
    [ -z "$output" ]
}

@test "D63: the handler cleans nothing: a warning, and all went well" {
    hook
    deploy
    clean
    status_is 0
    stdout_is ""
    stderr_has "acmehook: clean_challenge example.test: WARNING: it was cleaned, and is still there (verify-clean)"
    stderr_has "2 of 2 servers still have it: ${servers[0]}, ${servers[1]} (RETRY D63"
    run -0 "$acmehook" pending
    [ -z "$output" ]
}

@test "D64: a server still has it: the others show that it was cleaned, so nothing is said unless asked for" {
    hook 1
    for options in "" --verbose; do
        deploy
        # shellcheck disable=SC2086
        clean $options --verify-timeout 600
        status_is 0
        [ -n "$options" ] || stderr_is ""
    done
    stderr_has "1 of 2 servers still have it, others do not any more: ${servers[1]} (RETRY D64"
}

@test "it is gone a moment later: it is waited for that" {
    handler hook <<'EOF'
#!/bin/sh
case $1 in
deploy_challenge) for n in 1 2; do echo "_acme-challenge.$2 TXT txt \"$4\"" >server$n.rules; done ;;
clean_challenge)
    (sleep 0.4; for n in 1 2; do echo "* * nxdomain example.test" >server$n.rules; done) >/dev/null 2>&1 &
    ;;
esac
EOF
    deploy
    run cleaned --verify-timeout 60
    [[ ${lines[-1]} == "true PASS -" || ${lines[-1]} == "true RETRY D64" ]]
    jq -e '.verify.attempts > 1' <<<"${lines[0]}"
}

@test "it is not looked if that is not wanted, if verification is off, or if nobody has seen it there" {
    hook
    deploy
    [ "$(cleaned --verify-clean no | tail -n 1)" = "true - -" ]
    deploy
    [ "$(cleaned --verify off | tail -n 1)" = "true - -" ]
    deploy --verify off
    [ "$(cleaned | tail -n 1)" = "true - -" ]
    # nor what was never deployed
    [ "$(cleaned | tail -n 1)" = "true - -" ]
}

@test "nobody can say whether it is gone: nothing is said" {
    deploy
    for n in 1 2; do echo "* * refused" >"server$n.rules"; done
    hook
    clean
    status_is 0
    stderr_is ""
}

@test "trust dns: a clean that fails, and is gone all the same, went well" {
    handler failing <<<$'#!/bin/sh\n./hook "$@"\necho "no way" >&2\nexit 3'
    deploy
    clean --trust dns --handler "$PWD/failing"
    status_is 0
    stderr_has "WARNING: handler $PWD/failing failed with exit status 3; the challenge is gone, and that is enough (trust = dns)"
    stderr_has "no way"
    run -0 "$acmehook" pending
    [ -z "$output" ]
    # what is still there makes it the failure that it was
    hook
    deploy
    clean --trust dns --handler "$PWD/failing"
    status_is 1
    stderr_has "handler $PWD/failing failed with exit status 3"
    run -0 "$acmehook" pending
    [[ $output == *"failed"*"example.test"* ]]
}

@test "run and pending --clean look, too" {
    event='"type": "dns-01", "domain": "example.test", "token": "'$token'", "validation": "'$digest'"}'
    run -0 --separate-stderr "$acmehook" run <<EOF
{"id": 1, "cmd": "perform_challenge", $event
{"id": 2, "cmd": "cleanup", $event
EOF
    jq -es 'map([.id, .ok, .verify.verdict]) == [[1, true, "PASS"], [2, true, "PASS"]]' <<<"$output"
    hook
    deploy
    run -0 --separate-stderr "$acmehook" pending --clean --older-than 0
    stderr_has "WARNING: it was cleaned, and is still there"
}

@test "run: what is deployed again waits until it is known that it is gone, and the journal has it" {
    hook # cleans nothing, so that it is looked for a while
    for cmd in perform_challenge cleanup perform_challenge; do
        echo "{\"cmd\": \"$cmd\", \"type\": \"dns-01\", \"domain\": \"example.test\", \"validation\": \"$digest\"}"
    done >events
    run -0 --separate-stderr "$acmehook" --jobs 2 run events
    [ "$(tail -n 2 calls | tr '\n' ' ')" = "clean_challenge deploy_challenge " ]
    [ "$(jq -s 'map(.ok) | all and length == 3' <<<"$output")" = true ]
    run -0 "$acmehook" pending
    [[ $output = *example.test* ]]
}
