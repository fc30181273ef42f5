# acmehook run: JSON events in, one result line each.
load lib

go() { # [OPTION...] <EVENTS: one after the other
    run --separate-stderr "$acmehook" --verify off --jobs 1 --ordered -H "$PWD/hook" "$@" run
}

field() { # JQ...: of each result line
    jq -c "$@" <<<"$output"
}

@test "the events of certbot-external-auth's README become dehydrated's calls" {
    recorder hook
    go <"$srcdir/examples/events.jsonl"
    status_is 0
    [ "$(field .ok | sort -u)" = true ]
    [ "$(wc -l <<<"$output")" = "$(grep -c . "$srcdir/examples/events.jsonl")" ]
    # what reaches the hook is what stands in the events
    while read -r event; do
        jq -r 'if .cmd == "perform_challenge" then ["deploy_challenge", .domain, .token, .validation]
            elif .cmd == "cleanup" then ["clean_challenge", .domain, .token, .validation]
            elif .cmd == "deploy_cert" and .cert_timestamp >= (.timestamp // .port) then
                ["deploy_cert", .domain, .key_path, .cert_path, .fullchain_path, .chain_path, (.timestamp // .port | tostring)]
            elif .cmd == "deploy_cert" then
                ["unchanged_cert", .domain, .key_path, .cert_path, .fullchain_path, .chain_path]
            else empty end | join(" ")' <<<"$event"
    done < <(grep . "$srcdir/examples/events.jsonl") | file_is hook.calls
}

@test "one result object per event, with the keys that are promised" {
    handler hook <<'EOF'
#!/bin/sh
echo out; echo err >&2
EOF
    go <<EOF
{"id": "a", "cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "token": "$token", "validation": "$digest", "key_auth": "$key_auth"}
EOF
    status_is 0
    stderr_is ""
    field 'del(.handler.ms)' | jq -S . | file_is <(jq -S . <<EOF
{"cmd": "result", "id": "a", "event": "perform_challenge", "type": "dns-01", "domain": "example.test", "ok": true, "error": null,
 "handler": {"path": "$PWD/hook", "dialect": "dehydrated", "argv": ["$PWD/hook", "deploy_challenge", "example.test", "$token", "$digest"],
 "exit": 0, "signal": null, "timed_out": false, "stdout": "out\n", "stderr": "err\n", "truncated": false}, "verify": null, "caa": null, "delegation": null, "retry": null}
EOF
)
}

@test "the id is the event's, else the number of its line" {
    recorder hook
    go <<'EOF'
{"cmd": "restart"}

{"cmd": "restart", "id": {"a": [1]}}
nonsense
EOF
    [ "$(field .id | tr '\n' ' ')" = '1 {"a":[1]} 4 ' ]
}

@test "what is missing is derived from the key authorization" {
    recorder hook
    go <<EOF
{"cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "key_auth": "$key_auth"}
{"cmd": "perform_challenge", "type": "http-01", "domain": "example.test", "key_auth": "$key_auth"}
{"cmd": "perform_challenge", "domain": "example.test", "validation": "$digest"}
EOF
    status_is 0
    file_is hook.calls <<EOF
deploy_challenge example.test $token $digest
deploy_challenge example.test $token $key_auth
deploy_challenge example.test $digest $digest
EOF
}

@test "a certificate older than the run is unchanged; port is another name of timestamp" {
    recorder hook
    go <<'EOF'
{"cmd": "deploy_cert", "domain": "a.test", "cert_path": "/c", "key_path": "/k", "chain_path": "/ch", "fullchain_path": "/f", "timestamp": 100, "cert_timestamp": 100.5}
{"cmd": "deploy_cert", "domain": "a.test", "cert_path": "/c", "key_path": "/k", "chain_path": "/ch", "fullchain_path": "/f", "port": 100, "cert_timestamp": 99.5}
EOF
    status_is 0
    [ "$(field -r .event | tr -d '"' | tr '\n' ' ')" = "deploy_cert unchanged_cert " ]
    file_is hook.calls <<'EOF'
deploy_cert a.test /k /c /f /ch 100
unchanged_cert a.test /k /c /f /ch
EOF
}

@test "bad events each get their result, and the next ones are handled" {
    recorder hook
    {
        echo '{"cmd": "perform_challenge"'
        echo '{"cmd": "nonsense"}'
        echo '{"domain": "a.test"}'
        echo '[1]'
        echo '{"cmd": "restart"} x'
        echo "{'cmd': 'restart'}"
        printf '{"cmd": "restart", "id": "\377"}\n'
        echo '{"cmd": "perform_challenge", "type": "dns-01", "validation": "'"$digest"'"}'
        echo '{"cmd": "perform_challenge", "type": "dns-01", "domain": "bad..test", "validation": "'"$digest"'"}'
        echo '{"cmd": "perform_challenge", "type": "tls-sni-01", "domain": "a.test", "validation": "'"$digest"'"}'
        echo '{"cmd": "perform_challenge", "type": "dns-01", "domain": "a.test"}'
        echo '{"cmd": "perform_challenge", "type": "dns-01", "domain": 7, "validation": "'"$digest"'"}'
        echo '{"cmd": "perform_challenge", "type": "dns-01", "domain": "a\u0000.test", "validation": "'"$digest"'"}'
        echo '{"cmd": "perform_challenge", "type": "dns-01", "domain": "a.test", "validation": "'"$digest2"'", "key_auth": "'"$key_auth"'"}'
        echo '{"cmd": "deploy_cert", "domain": "a.test", "cert_path": "/c"}'
        head -c 1100000 /dev/zero | tr '\0' x
        echo
        echo '{"cmd": "cleanup", "type": "dns-01", "domain": "a.test", "validation": "'"$digest"'"}'
    } >events
    go <events
    status_is 2
    [ "$(field .ok | tr '\n' ' ')" = "false false false false false false false false false false false false false false false false true " ]
    [ "$(field -r '.error == null or (.error | length > 10)' | sort -u)" = true ]
    field .error | grep -q 'line 1 is not JSON: it ends too early'
    field .error | grep -q 'nonsense'
    field .error | grep -q 'line 5 is not JSON: '
    field .error | grep -q 'the domain is missing'
    field .error | grep -q 'line 16 is longer than 1048576 bytes'
    file_is hook.calls <<<"clean_challenge a.test $digest $digest"
}

@test "a handler that fails is its event's failure only" {
    handler hook <<'EOF'
#!/bin/sh
[ "$2" != b.test ]
EOF
    for d in a b c; do
        echo '{"cmd": "cleanup", "type": "dns-01", "domain": "'$d'.test", "validation": "'"$digest"'"}'
    done >events
    go <events
    status_is 1
    [ "$(field .ok | tr '\n' ' ')" = "true false true " ]
    [ "$(field .handler.exit | tr '\n' ' ')" = "0 1 0 " ]
}

@test "events come from a file, a pipe, a FIFO; a last line without newline counts" {
    recorder hook
    printf '{"cmd": "restart"}\n{"cmd": "restart"}' >events
    run --separate-stderr "$acmehook" run events
    status_is 0
    [ "$(wc -l <<<"$output")" = 2 ]
    mkfifo fifo
    cat events >fifo &
    run --separate-stderr "$acmehook" run fifo
    status_is 0
    [ "$(wc -l <<<"$output")" = 2 ]
    run --separate-stderr bash -c "cat events | '$acmehook' --from json"
    status_is 0
    [ "$(wc -l <<<"$output")" = 2 ]
    run --separate-stderr "$acmehook" run nofile
    status_is 2
    stderr_has "nofile: No such file or directory"
}

@test "a result is there as soon as its event is done" {
    recorder hook
    coproc acme { "$acmehook" run; }
    # shellcheck disable=SC2154
    pid=$acme_PID
    # shellcheck disable=SC2154
    for _ in 1 2 3; do
        echo '{"cmd": "restart"}' >&"${acme[1]}"
        read -r -t 20 line <&"${acme[0]}"
        jq -e .ok <<<"$line"
    done
    eval "exec ${acme[1]}>&-"
    wait "$pid"
}

@test "every verb can be told as JSON" {
    recorder hook
    go <<EOF
{"cmd": "sync_cert", "key_path": "/k", "cert_path": "/c", "fullchain_path": "/f", "chain_path": "/ch", "csr_path": "/csr"}
{"cmd": "deploy_ocsp", "domain": "a.test", "ocsp_path": "/o", "timestamp": 5}
{"cmd": "invalid_challenge", "domain": "a.test", "error": "no"}
{"cmd": "request_failure", "status": "500", "error": "body", "method": "get", "headers": "h"}
{"cmd": "generate_csr", "domain": "a.test", "cert_dir": "/d", "altnames": "a.test b.test"}
{"cmd": "startup_hook"}
{"cmd": "exit_hook", "error": "x"}
EOF
    status_is 0
    file_is hook.calls <<'EOF'
sync_cert /k /c /f /ch /csr
deploy_ocsp a.test /o 5
invalid_challenge a.test no
request_failure 500 body get h
generate_csr a.test /d a.test\ b.test
startup_hook
exit_hook x
EOF
}
