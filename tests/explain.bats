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
