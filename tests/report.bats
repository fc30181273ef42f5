# Verification seen from the dispatcher: what a verdict means, what is told to whom, and what
# happens when the verifier itself fails. The verifier here is a script that says what it is told.
load lib

ok_hook() {
    handler hook <<'EOF'
#!/bin/sh
echo "$*" >>calls
echo "hook says so"
EOF
}

deploy() {
    run --separate-stderr "$acmehook" "$@" --from dehydrated deploy_challenge example.test "$token" "$digest"
}

@test "what each verdict means under each --verify" {
    ok_hook
    for row in \
        "PASS 0 0 0" "WARN 0 0 0" "RETRY 4 4 0" "FAIL 3 3 0" "UNKNOWN 6 0 0"; do
        # shellcheck disable=SC2086
        set -- $row
        verifier "$1"
        for mode in strict require warn; do
            deploy --verify $mode
            echo "$1 $mode"
            status_is "$2"
            stdout_is ""
            set -- "$1" "${@:3}"
        done
    done
}

@test "PASS is silent, and nobody is asked with --verify off" {
    ok_hook
    verifier PASS
    deploy
    status_is 0
    stderr_is ""
    rm questions
    deploy --verify off
    status_is 0
    [ ! -e questions ]
}

@test "the question is what the event and the options say" {
    ok_hook
    verifier PASS
    deploy --verify-timeout 12.5 --resolver 192.0.2.53 --resolver 2001:db8::53#5353 --authority 192.0.2.1 --ca pebble \
        --tls-port 5001 --connect-to 192.0.2.80 --connect-to 2001:db8::80 --allow-reserved --account https://ca.example/1
    jq -S 'del(.id)' questions | file_is <(jq -S . <<EOF
{"type": "dns-01", "domain": "example.test", "token": "$token", "values": ["$digest"], "timeout_ms": 12500,
 "resolvers": ["192.0.2.53", "2001:db8::53#5353"], "authorities": ["192.0.2.1"], "tls_port": 5001,
 "connect_to": ["192.0.2.80", "2001:db8::80"], "allow_reserved": true, "ca": "pebble", "identities": ["pebble.letsencrypt.org"],
 "account": "https://ca.example/1"}
EOF
)
    rm questions
    run --separate-stderr "$acmehook" --http-port 5002 --from dehydrated deploy_challenge example.test "$token" "$key_auth"
    status_is 0
    jq -e --arg k "$key_auth" '.type == "http-01" and .values == [$k] and .http_port == 5002 and .timeout_ms == 60000' questions
}

@test "a failed verification shows server, reason, the CA's sentence, the hint and the handler's output, and is undone" {
    ok_hook
    verifier FAIL D08 '{\"type\": \"unauthorized\", \"detail\": \"Incorrect TXT record\"}' '\"take the quotes away\"'
    deploy
    status_is 3
    stderr_is "acmehook: dns-01 example.test: the reason (FAIL D08 after 1.5 s)
  FAIL    ns1.test (192.0.2.1) NOERROR; it has \"v\"
  The CA would say: Incorrect TXT record
  Hint: take the quotes away
Handler output (deploy_challenge):
 - stdout:
   hook says so
acmehook: what this call had deployed was cleaned again (dehydrated would not)"
    file_is calls <<EOF
deploy_challenge example.test $token $digest
clean_challenge example.test $token $digest
EOF
}

@test "a batch is verified as one: one that fails undoes all" {
    ok_hook
    verifier PASS
    cat >verifier <<'EOF'
#!/bin/sh
while read -r q; do
    id=$(echo "$q" | sed 's/.*"id": *\([0-9]*\).*/\1/')
    case $q in *'"b.test"'*) v=RETRY ;; *) v=PASS ;; esac
    echo "{\"id\": $id, \"verdict\": \"$v\", \"case\": null, \"ca\": null, \"reason\": \"r\", \"hint\": null, \"ms\": 1, \"servers\": []}"
done
EOF
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test "$token" "$digest" b.test t2 "$digest2"
    status_is 4
    stderr_has "dns-01 b.test: r (RETRY after 0.0 s)"
    [[ $stderr != *"a.test: r"* ]]
    [ "$(grep -c ^clean calls)" = 2 ]
}

@test "WARN and UNKNOWN let the client on, and say so" {
    ok_hook
    verifier UNKNOWN
    deploy
    status_is 0
    stderr_has "WARNING: it could not be verified from here; the client is let on all the same"
    verifier WARN
    deploy
    status_is 0
    stderr_has "the client is let on, but something is not well"
}

@test "certbot is not undone for: it cleans itself" {
    ok_hook
    verifier RETRY
    CERTBOT_DOMAIN=example.test CERTBOT_VALIDATION=$digest run --separate-stderr "$acmehook" --from certbot auth
    status_is 4
    [ "$(grep -c ^clean calls)" = 0 ]
    stderr_has "certbot does not stop for its hooks"
}

@test "a clean is not verified" {
    ok_hook
    verifier FAIL
    run --separate-stderr "$acmehook" --from dehydrated clean_challenge example.test "$token" "$digest"
    status_is 0
    [ ! -e questions ]
}

@test "--format json puts the same on stderr as data; --verbose tells what went well" {
    ok_hook
    verifier PASS
    deploy --format json
    status_is 0
    jq -e '.ok and .verify.case == "D01" and .handler.stdout == "hook says so\n" and (.verify | has("id") | not)' <<<"$stderr"
    deploy -v
    status_is 0
    stderr_has "Handler output (deploy_challenge):"
    stderr_has "done in"
    stderr_has "PASS D01"
}

@test "a verifier that is missing, or not executable: an error with the remedy, and nothing is deployed" {
    ok_hook
    verifier PASS
    chmod -x verifier
    deploy
    status_is 2
    stderr_has "the verifier cannot be started: $PWD/verifier: not executable; try: chmod +x $PWD/verifier"
    rm verifier
    deploy --verify strict --ca letsencrypt
    status_is 2
    stderr_has "$PWD/verifier: no such file"
    [ ! -e calls ]
    deploy --verify warn
    status_is 0
    stderr_has "$PWD/verifier: no such file"
    [ -e calls ]
    deploy --verify off
    status_is 0
    stderr_is ""
}

@test "a verifier that dies is started once again, then it is UNKNOWN" {
    ok_hook
    verifier PASS
    handler verifier <<'EOF'
#!/bin/sh
echo started >>starts
read -r q
kill -9 $$
EOF
    deploy --verify strict
    status_is 6
    stderr_has "the verifier was killed by signal 9"
    [ "$(wc -l <starts)" = 2 ]
    # the second one answers
    rm starts
    handler verifier <<'EOF'
#!/bin/sh
echo started >>starts
read -r q
[ "$(wc -l <starts)" = 2 ] || exit 3
echo '{"id": 1, "verdict": "PASS", "case": "D01", "reason": "r", "ms": 1}'
EOF
    deploy --verify strict
    status_is 0
    [ "$(wc -l <starts)" = 2 ]
}

@test "a verifier that talks nonsense is not believed" {
    ok_hook
    verifier PASS
    handler verifier <<'EOF'
#!/bin/sh
read -r q
echo 'PASS'
echo '{"id": 99, "verdict": "PASS"}'
echo '{"verdict": "PASS"}'
echo '{"id": 1, "verdict": "pass"}'
EOF
    deploy --verify strict
    status_is 6
}

@test "told to stop while verifying: undone, exit 75" {
    ok_hook
    verifier PASS
    handler verifier <<'EOF'
#!/bin/sh
read -r q
: >asked
exec sleep 1000
EOF
    "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest" 2>err 3>&- &
    pid=$!
    for ((i = 0; i < 400; i++)); do [ ! -e asked ] || break; sleep 0.05; done
    kill -INT $pid || kill -TERM $pid
    kill -TERM $pid
    rc=0
    wait $pid || rc=$?
    [ $rc -eq 75 ]
    grep -q "stopped before it was verified" err
    [ "$(grep -c ^clean calls)" = 1 ]
}

@test "on a terminal there is progress on one line, and a summary" {
    ok_hook
    verifier PASS
    handler verifier <<'EOF'
#!/bin/sh
read -r q
echo '{"id": 1, "progress": true, "attempts": 1, "ms": 10, "reason": "1 of 2 servers has it", "servers": []}'
echo '{"id": 1, "verdict": "PASS", "case": "D01", "reason": "2 of 2 servers have it", "ms": 900, "servers": []}'
EOF
    run script -qec "'$acmehook' --from dehydrated deploy_challenge example.test $token $digest" /dev/null
    [ "$status" -eq 0 ]
    [[ $output == *"deploy_challenge example.test: 1 of 2 servers has it"* ]]
    [[ $output == *"2 of 2 servers have it (PASS D01 after 0.9 s)"* ]]
    run script -qec "'$acmehook' -q --from dehydrated deploy_challenge example.test $token $digest" /dev/null
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}
