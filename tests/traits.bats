# What rules say of their handlers: what they may be told, what is believed of them, what runs them.
load lib

deploy() {
    run --separate-stderr "$acmehook" "$@" --from dehydrated deploy_challenge example.test "$token" "$digest"
}

failing_hook() {
    handler hook <<'EOF'
#!/bin/sh
echo "$1" >>calls
echo "hook says so"
exit 7
EOF
}

# --- trust

@test "trust both: status 0 and a visible record are both needed" {
    failing_hook
    verifier PASS
    deploy
    status_is 1
    [ ! -e questions ]
    handler hook <<<$'#!/bin/sh\necho "all done"'
    verifier RETRY D02
    deploy
    status_is 4
    stderr_has "example.test: the reason (RETRY D02"
    # the handler's own words
    stderr_has "   all done"
}

@test "trust dns: what is there counts, and a status other than 0 is a warning" {
    failing_hook
    for verdict in PASS WARN; do
        verifier $verdict
        deploy --trust dns
        status_is 0
        stdout_is ""
        stderr_has "WARNING: handler $PWD/hook failed with exit status 7; the challenge is there, and that is enough (trust = dns)"
        stderr_has "   hook says so"
    done
    file_is calls <<<$'deploy_challenge\ndeploy_challenge'
    # it is what it says in the journal, too
    run -0 "$acmehook" pending
    [[ $output == *"deployed"*"dns-01 example.test"*"WARN"* ]]
    # and as data
    run --separate-stderr "$acmehook" --trust dns run <<<'{"cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "token": "'"$token"'", "validation": "'"$digest"'"}'
    jq -e '.ok and .error == null and .handler.exit == 7 and .verify.verdict == "WARN"' <<<"$output"
}

@test "trust dns: what is not there, or cannot be judged, leaves the failure as it is; it is not waited for long" {
    failing_hook
    for verdict in RETRY FAIL UNKNOWN; do
        rm -f questions calls
        verifier $verdict
        deploy --trust dns
        status_is 1
        stderr_has "deploy_challenge example.test: handler $PWD/hook failed with exit status 7"
        stderr_has "   hook says so"
        stderr_has "the reason ($verdict"
        [ "$(jq .timeout_ms questions)" -le 15000 ]
        # undone, as dehydrated would not
        file_is calls <<<$'deploy_challenge\nclean_challenge'
    done
    # nothing is looked at: the status is all there is
    verifier PASS
    deploy --trust dns --verify off
    status_is 1
}

@test "trust dns: a handler that does not end may have done its work" {
    handler hook <<<$'#!/bin/sh\n[ "$1" != deploy_challenge ] || exec sleep 60'
    verifier PASS
    deploy --trust dns --timeout 0.2
    status_is 0
    stderr_has "WARNING: handler $PWD/hook did not end within 0.2 s"
    # one that could not be started has not
    chmod -x hook
    rm questions
    deploy --trust dns
    status_is 2
    [ ! -e questions ]
}

@test "trust dns: all of a chain are looked at; certbot's batch is looked at where it failed" {
    failing_hook
    verifier PASS
    run --separate-stderr "$acmehook" --trust dns --from dehydrated deploy_challenge a.test "$token" "$digest" b.test "$token" "$digest2"
    status_is 0
    file_is calls <<<$'deploy_challenge\ndeploy_challenge'
    [ "$(wc -l <questions)" -eq 2 ]
    rm questions
    CERTBOT_DOMAIN=c.test CERTBOT_VALIDATION=$digest CERTBOT_REMAINING_CHALLENGES=1 CERTBOT_ALL_DOMAINS=c.test,d.test \
        run --separate-stderr "$acmehook" --trust dns --from certbot auth
    status_is 0
    [ "$(wc -l <questions)" -eq 1 ]
}

@test "trust status: the verdict is told, and decides nothing" {
    handler hook <<<$'#!/bin/sh\nexit 0'
    verifier FAIL D08
    deploy --trust status
    status_is 0
    stderr_has "the client is let on, but something is not well"
    stderr_has "the reason (FAIL D08"
    deploy --trust status --verify strict
    status_is 0
    failing_hook
    verifier PASS
    deploy --trust status
    status_is 1
}

@test "a value or token that begins with - is named when the handler fails" {
    failing_hook
    config <<<"handler = \"$PWD/hook\"  verify = off"
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest2"
    status_is 1
    stderr_has "exit status 7; its argument $digest2 begins with \"-\", and was perhaps taken for an option"
    stderr_has 'set trust = dns'
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge example.test "-$token" "$digest"
    stderr_has "its argument -$token begins"
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest"
    [[ $stderr != *"begins with"* ]]
    # lego's raw mode has "--" before its words
    key=-$token.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI
    run --separate-stderr "$acmehook" --to lego-raw run <<<'{"cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "token": "'"-$token"'", "key_auth": "'"$key"'"}'
    jq -e '.handler.argv[2] == "--" and (.error | test("begins with") | not)' <<<"$output"
}

# --- events

@test "events: what is not named does not reach the handler, and succeeds in silence" {
    recorder hook
    config <<<"handler = \"$PWD/hook\"  verify = off  events = { deploy_challenge, cleanup }"
    touch cert
    for words in "startup_hook" "deploy_challenge a.test $token $digest" "invalid_challenge a.test error" "clean_challenge a.test $token $digest" \
        "deploy_cert a.test key $PWD/cert full chain 1" "unchanged_cert a.test key cert full chain" "exit_hook"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" --from dehydrated $words
        status_is 0
        stdout_is ""
        stderr_is ""
    done
    [ "$(cut -d ' ' -f 1 hook.calls | xargs)" = "deploy_challenge clean_challenge" ]
}

@test "events: a rule has its own; the probe and unknown words never reach a handler" {
    recorder hook
    config <<EOF
handler = "$PWD/hook"
verify = off
match "a.test" { events = { "exit_hook" } }
EOF
    run -0 "$acmehook" --from dehydrated deploy_challenge a.test "$token" "$digest" b.test "$token" "$digest2"
    file_is hook.calls <<<"deploy_challenge b.test $token $digest2"
    rm hook.calls
    for word in this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_in_your_script new_operation; do
        run -0 --separate-stderr "$acmehook" --from dehydrated $word a b
        stderr_is ""
    done
    [ ! -e hook.calls ]
}

@test "events: an unknown name is an error with file and line" {
    config <<<$'handler = "/h"\nmatch "a.test" {\n  events = { deploy_challenge,\n  deploy_crt }\n}'
    run --separate-stderr "$acmehook" --from dehydrated startup_hook
    status_is 2
    stderr_is "acmehook: $ACMEHOOK_CONFIG:4: events: \"deploy_crt\" is no event; acmehook.conf(5) lists them under RULES"
    run --separate-stderr "$acmehook" --events nothing --from dehydrated startup_hook
    status_is 2
    stderr_has 'events: "nothing" is no event'
}

@test "events: a challenge that the handler is not told of is verified all the same" {
    recorder hook
    verifier PASS
    deploy --events deploy_cert
    status_is 0
    stderr_is ""
    [ ! -e hook.calls ]
    verifier RETRY
    deploy --events deploy_cert
    status_is 4
    stderr_has "the handler is not told of such events (events)"
    run -0 "$acmehook" --events deploy_cert explain --from dehydrated deploy_challenge example.test "$token" "$digest"
    [[ $output == *"handler:  $PWD/hook (dialect dehydrated); it is not told of this event (events)"* ]]
}

@test "events: where the handler is not told to clean, nothing is left in the journal" {
    recorder hook
    config <<<"handler = \"$PWD/hook\"  verify = off  events = { perform_challenge, deploy_cert }"
    deploy
    run -0 "$acmehook" pending
    [[ $output == *example.test* ]]
    run -0 "$acmehook" --from dehydrated clean_challenge example.test "$token" "$digest"
    file_is hook.calls <<<"deploy_challenge example.test $token $digest"
    run -0 "$acmehook" pending
    [ -z "$output" ]
}

@test "what a handler says of an event that only tells decides nothing, for each client that has such events" {
    failing_hook
    config <<<"handler = \"$PWD/hook\"  verify = off"
    for words in "startup_hook" "exit_hook error" "request_failure 500 body GET" "invalid_challenge a.test error" "unchanged_cert a.test key cert full chain"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" --from dehydrated $words
        status_is 0
        stderr_has "dehydrated goes on: this event decides nothing"
    done
    for word in pre post; do
        run --separate-stderr "$acmehook" --from certbot $word
        status_is 0
        stderr_has "certbot goes on: this event decides nothing"
    done
}

# --- interpreter

@test "interpreter: runs a handler whose first line is of no use, and that is not executable" {
    printf '#!/opt/no/such/python\necho "$0 $*" >calls\n' >hook
    config <<EOF
handler = "$PWD/hook"
verify = off
match "a.test" { interpreter = "/bin/sh" }
EOF
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 0
    stderr_is ""
    file_is calls <<<"$PWD/hook deploy_challenge a.test $token $digest"
    run -0 "$acmehook" --from dehydrated --dry-run deploy_challenge a.test "$token" "$digest"
    [[ $output == *"argv:     /bin/sh $PWD/hook deploy_challenge a.test $token $digest"* ]]
    [[ $output != *fault* ]]
    # what is cleaned by hand later goes the same way
    rm calls
    run -0 "$acmehook" pending --clean --older-than 0
    file_is calls <<<"$PWD/hook clean_challenge a.test $token $digest"
    # others
    chmod +x hook
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge b.test "$token" "$digest"
    status_is 2
    stderr_has "its interpreter /opt/no/such/python is not there; install it, correct the first line of $PWD/hook, or set interpreter"
}

@test "interpreter: one that is not there, and a script that others can write to, are refused" {
    printf '#!/bin/sh\n' >hook
    config <<<"handler = \"$PWD/hook\"  verify = off"
    go() { run --separate-stderr "$acmehook" --interpreter "$@" --from dehydrated deploy_challenge a.test "$token" "$digest"; }
    go /opt/no/such/python
    status_is 2
    stderr_has "/opt/no/such/python: no such file; correct its path"
    chmod o+w hook
    go /bin/sh
    status_is 2
    stderr_has "handler $PWD/hook: it can be written to by everyone; try: chmod o-w $PWD/hook"
    run -0 "$acmehook" --interpreter /bin/sh explain --from dehydrated deploy_challenge a.test "$token" "$digest"
    [[ $output == *"fault:    handler $PWD/hook: it can be written to by everyone"* ]]
    chmod o-w hook
    cp /bin/sh sh
    chmod o+w sh
    go "$PWD/sh"
    status_is 2
    stderr_has "interpreter $PWD/sh: it can be written to by everyone"
    rm hook
    go /bin/sh
    status_is 2
    stderr_has "handler $PWD/hook: No such file or directory"
}

@test "interpreter: not for the scripts of acme.sh" {
    config <<<"handler = \"$PWD/hook\"  to = acme.sh  interpreter = /bin/sh"
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 2
    stderr_has "interpreter: handlers of the dialect acme.sh are parts of another program"
}
