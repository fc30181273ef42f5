# acmehook explain: what would be done, and why; nothing is run.
load lib

@test "event, rule, handler, verification, argv and environment" {
    recorder hook
    config <<EOF
match "*.corp.example dns-01" {
    handler = "$PWD/hook"
    env = { "PROVIDER_KEY=secret" }
    authority = { "192.0.2.1", "192.0.2.2#5353" }
}
EOF
    run --separate-stderr "$acmehook" explain --from dehydrated deploy_challenge www.corp.example "$token" "$digest"
    status_is 0
    stderr_is ""
    grep -v '^env:' <<<"$output" | file_is <(cat <<EOF
event:    perform_challenge dns-01 www.corp.example
rule:     match "*.corp.example dns-01" ($ACMEHOOK_CONFIG:1)
handler:  $PWD/hook (dialect dehydrated)
follows:  a CNAME at _acme-challenge.www.corp.example to that of another domain
verify:   require, at most 300 s: TXT _acme-challenge.www.corp.example is "$digest"; asks 192.0.2.1, 192.0.2.2#5353
argv:     $PWD/hook deploy_challenge www.corp.example $token $digest
EOF
)
    grep -qx 'env:      CHALLENGETYPE=dns-01' <<<"$output"
    # variables of the configuration may be secrets
    grep -qx 'env:      PROVIDER_KEY=(hidden)' <<<"$output"
    [[ $output != *secret* ]]
    [ ! -e hook.calls ]
}

@test "--dry-run is the same, and words are quoted for a shell" {
    run --separate-stderr "$acmehook" -n -H '/x/my hook' --from dehydrated exit_hook "it's over"
    status_is 0
    grep -qxF "argv:     '/x/my hook' exit_hook 'it'\\''s over'" <<<"$output"
}

@test "the env dialect shows its brackets and variables" {
    run --separate-stderr "$acmehook" explain -t env -H /x --from dehydrated deploy_challenge a.test "$token" "$key_auth"
    status_is 0
    [ "$(grep -c ^argv: <<<"$output")" = 3 ]
    grep -qx "env:      cbot_key_auth=$key_auth" <<<"$output"
    grep -q "serves \"$key_auth\"" <<<"$output"
}

@test "events of run are explained too" {
    run --separate-stderr "$acmehook" explain -H /x run <<<'{"cmd": "restart"}'
    status_is 0
    grep -q '^handler:  /x (dialect dehydrated); it has no word for this event and is not called$' <<<"$output"
}

@test "what would be refused is refused" {
    run --separate-stderr "$acmehook" explain --from dehydrated deploy_challenge a..test "$token" "$digest"
    status_is 2
    stderr_has "has an empty label"
}

# fault TEXT OPTION...: what a deployment would be refused for
fault() {
    local text=$1
    shift
    run --separate-stderr "$acmehook" "$@" explain --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 0
    grep -qxF "fault:    $text" <<<"$output"
}

@test "why a handler, a channel, the verifier or the failure command would be refused" {
    recorder hook
    printf 'exit 0\n' >script
    printf '\357\273\277#!/bin/sh\n' >bom
    chmod +x script bom
    cp hook plain
    chmod -x plain
    cp hook open
    chmod 777 open
    fault "$PWD/plain: not executable; try: chmod +x $PWD/plain" -H "$PWD/plain"
    fault "$PWD/script: does not begin with \"#!\", so nothing says what runs it; try: make #!/bin/sh, or the interpreter it was written for, its first line, or set interpreter" -H "$PWD/script"
    fault "$PWD/bom: begins with the mark of an editor (BOM) that hides its \"#!\"; try: LC_ALL=C sed -i '1s/^...//' $PWD/bom" -H "$PWD/bom"
    fault "~/hook: no such file; only a shell knows '~': write the whole path" -H '~/hook'
    fault "$PWD/hook -v: no such file; a handler has no arguments: name a script that calls $PWD/hook with them" -H "$PWD/hook -v"
    fault "$PWD/none: cannot be the working directory (cwd) of $PWD/hook" -H "$PWD/hook" --cwd "$PWD/none"
    fault "the verifier cannot be started: $PWD/plain: not executable; try: chmod +x $PWD/plain" -H "$PWD/hook" --verifier "$PWD/plain"
    fault "channel $PWD/open: it can be written to by everyone; try: chmod o-w $PWD/open" --to json --channel "unix:$PWD/open"
    fault "handler $PWD/open: it can be written to by everyone; try: chmod o-w $PWD/open" -H "$PWD/hook" --on-failure "$PWD/open"
    grep -qxF "failure:  is told to $PWD/open, once a day for each cause" <<<"$output"
}

@test "what cannot be written is an error" {
    [ -e /dev/full ] || skip "needs /dev/full"
    run --separate-stderr bash -c "'$acmehook' explain -H /x --from dehydrated startup_hook >/dev/full"
    status_is 75
    stderr_is "acmehook: stdout: cannot write"
}
