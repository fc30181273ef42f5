# certbot's hooks: auth, cleanup, deploy, pre, post.
load lib

export CERTBOT_DOMAIN CERTBOT_VALIDATION CERTBOT_ALL_DOMAINS CERTBOT_REMAINING_CHALLENGES=0

certbot() {
    run --separate-stderr "$acmehook" --verify off -H "$PWD/hook" --from certbot "$@"
}

dns() {
    CERTBOT_DOMAIN=example.test CERTBOT_VALIDATION=$digest CERTBOT_ALL_DOMAINS=example.test,example.test
    unset CERTBOT_TOKEN
}

http() {
    CERTBOT_DOMAIN=example.test CERTBOT_VALIDATION=$key_auth
    export CERTBOT_TOKEN=$token
}

@test "auth and cleanup of dns-01 become deploy_challenge and clean_challenge" {
    recorder hook
    dns
    certbot auth
    status_is 0
    grep -qx CHALLENGETYPE=dns-01 hook.env
    grep -qx 'altnames=example.test example.test' hook.env
    certbot cleanup
    status_is 0
    # certbot has no token for dns-01: the digest stands for it, never an empty word
    file_is hook.calls <<EOF
deploy_challenge example.test $digest $digest
clean_challenge example.test $digest $digest
EOF
}

@test "http-01 is told by CERTBOT_TOKEN" {
    recorder hook
    http
    certbot auth
    status_is 0
    grep -qx CHALLENGETYPE=http-01 hook.env
    file_is hook.calls <<<"deploy_challenge example.test $token $key_auth"
}

@test "stdout is what the handler printed, so that CERTBOT_AUTH_OUTPUT works" {
    handler hook <<'EOF'
#!/bin/sh
echo "zone id 42"
echo "for people" >&2
EOF
    dns
    certbot auth
    status_is 0
    stdout_is "zone id 42"
    stderr_is ""
}

@test "what is not UTF-8 does not reach certbot, which would stop for it" {
    handler hook <<'EOF'
#!/bin/sh
printf 'caf\351 \303\251 \000 \355\240\200 x\n'
EOF
    dns
    certbot auth
    status_is 0
    printf '%s' "$output" | iconv -f UTF-8 -t UTF-8 >/dev/null
    [[ $output == *é*x ]]
}

@test "only the word tells what happens: variables of other hooks are stale" {
    recorder hook
    dns
    mkdir live
    touch live/cert.pem
    CERTBOT_AUTH_OUTPUT=old RENEWED_LINEAGE=$PWD/live RENEWED_DOMAINS=old.test certbot auth
    status_is 0
    RENEWED_LINEAGE=$PWD/live RENEWED_DOMAINS='example.test *.example.test' CERTBOT_TOKEN=stale certbot deploy
    status_is 0
    sed -i "s/ [0-9]*$/ TIME/; s|$PWD|.|g" hook.calls
    file_is hook.calls <<EOF
deploy_challenge example.test $digest $digest
deploy_cert example.test ./live/privkey.pem ./live/cert.pem ./live/fullchain.pem ./live/chain.pem TIME
EOF
}

@test "deploy has the time of the certificate" {
    recorder hook
    mkdir live
    touch -d @1700000000 live/cert.pem
    RENEWED_LINEAGE=$PWD/live RENEWED_DOMAINS='*.example.test example.test' certbot deploy
    status_is 0
    grep -q '^deploy_cert \\\*.example.test .* 1700000000$' hook.calls
}

@test "pre is startup_hook, post is exit_hook with what failed" {
    recorder hook
    certbot pre
    FAILED_DOMAINS= certbot post
    FAILED_DOMAINS='a.test b.test' certbot post
    status_is 0
    file_is hook.calls <<'EOF'
startup_hook
exit_hook
exit_hook not\ renewed:\ a.test\ b.test
EOF
}

@test "a failure is loud, and says that certbot goes on" {
    handler hook <<'EOF'
#!/bin/sh
exit 4
EOF
    dns
    certbot auth
    status_is 1
    stderr_has "auth example.test: handler $PWD/hook failed with exit status 4"
    stderr_has "certbot does not stop for its hooks"
}

@test "links: certbot-auth, certbot-deploy ..." {
    recorder hook
    config <<<"handler = \"$PWD/hook\"  verify = off"
    dns
    for word in auth cleanup; do
        ln -s "$acmehook" certbot-$word
        run --separate-stderr ./certbot-$word
        status_is 0
    done
    file_is hook.calls <<EOF
deploy_challenge example.test $digest $digest
clean_challenge example.test $digest $digest
EOF
}

@test "without its variables or its word it is refused" {
    recorder hook
    unset CERTBOT_DOMAIN CERTBOT_VALIDATION RENEWED_LINEAGE RENEWED_DOMAINS
    certbot auth
    status_is 2
    stderr_has "CERTBOT_DOMAIN is not in the environment"
    certbot deploy
    status_is 2
    stderr_has "RENEWED_LINEAGE is not in the environment"
    certbot
    status_is 2
    stderr_has "it does not say what happens"
    dns
    certbot atuh
    status_is 2
    stderr_is 'acmehook: certbot: "atuh" is none of auth, cleanup, deploy, pre, post'
    run --separate-stderr "$acmehook" -H "$PWD/hook" auth
    status_is 2
    stderr_has "--from CLIENT"
    [ ! -e hook.calls ]
}

# A verifier that notes the names it is asked about, and finds a name that begins with "bad" not
# to be there.
noting_verifier() {
    handler verifier <<'EOF'
#!/bin/bash
while read -r q; do
    id=$(jq .id <<<"$q") domain=$(jq -r .domain <<<"$q")
    echo "$domain" >>asked
    verdict=PASS
    [[ $domain == bad* ]] && verdict=FAIL
    echo "{\"id\": $id, \"verdict\": \"$verdict\", \"case\": \"D01\", \"reason\": \"the reason\", \"ms\": 1, \"servers\": []}"
done
EOF
    echo "handler = \"$PWD/hook\"  verifier = \"$PWD/verifier\"  delegation = ignore" >"$ACMEHOOK_CONFIG"
}

# auth NAME REMAINING ALL DIGEST
auth() {
    CERTBOT_DOMAIN=$1 CERTBOT_REMAINING_CHALLENGES=$2 CERTBOT_ALL_DOMAINS=$3 CERTBOT_VALIDATION=$4 \
        run --separate-stderr "$acmehook" --from certbot auth
}

@test "a batch is verified once, with its last challenge" {
    recorder hook
    noting_verifier
    auth a.test 2 a.test,a.test,b.test "$digest"
    auth a.test 1 a.test,a.test,b.test "$digest2"
    status_is 0
    [ ! -e asked ]
    "$acmehook" --format json pending | jq -es 'length == 2 and all(.verdict == null)'
    auth b.test 0 a.test,a.test,b.test "$digest3"
    status_is 0
    # both values of a name at once
    sort asked | file_is <(printf "%s\n" a.test b.test)
    # the handlers were called once each
    [ "$(wc -l <hook.calls)" -eq 3 ]
    "$acmehook" --format json pending | jq -es 'length == 3 and all(.verdict == "PASS")'
}

@test "the last call of a batch fails for an earlier name too, and says which" {
    recorder hook
    noting_verifier
    auth bad.test 1 bad.test,b.test "$digest"
    status_is 0
    auth b.test 0 bad.test,b.test "$digest2"
    status_is 3
    stderr_has "dns-01 bad.test: the reason (FAIL D01"
    # certbot cleans
    [ "$(wc -l <hook.calls)" -eq 2 ]
}

@test "what an earlier run has left behind is not part of a batch" {
    recorder hook
    noting_verifier
    auth bad.test 1 bad.test,b.test "$digest"     # and certbot was killed
    auth bad.test 1 bad.test,c.test "$digest2"    # another certificate
    auth a.test 1 a.test,b.test "$digest3"
    auth b.test 0 a.test,b.test "$digest"
    status_is 0
    file_is asked <<<$'b.test\na.test'
    # the same certificate again: the newest of each place counts
    rm asked
    sed -i 's/"created": [0-9]*/"created": 1700000000/' state/*/bad.test*.json
    auth bad.test 1 bad.test,b.test "$digest3"
    auth b.test 0 bad.test,b.test "$digest2"
    status_is 3
    sort asked | file_is <(printf '%s\n' b.test bad.test)
}

@test "with a batch of one, and for others than certbot, everything is verified at once" {
    recorder hook
    noting_verifier
    auth a.test 0 a.test "$digest"
    run "$acmehook" --from dehydrated deploy_challenge b.test "$token" "$digest2"
    file_is asked <<<$'a.test\nb.test'
}
