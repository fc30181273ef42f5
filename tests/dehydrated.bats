# The dehydrated dialect, both ways: what dehydrated calls, what a dehydrated hook gets.
load lib

deploy() {
    run --separate-stderr "$acmehook" --verify off -H "$PWD/hook" --from dehydrated "$@"
}

@test "every operation of dehydrated reaches the hook word for word" {
    recorder hook
    while read -r line; do
        eval "words=($line)"
        deploy "${words[@]}"
        status_is 0
        stdout_is ""
        stderr_is ""
    done <<EOF
deploy_challenge example.test $token $digest
clean_challenge example.test $token $digest
sync_cert /k.pem /c.pem /f.pem /ch.pem /csr.pem
deploy_cert example.test /k.pem /c.pem /f.pem /ch.pem 1700000000
deploy_cert '*.example.test' /k.pem /c.pem /f.pem /ch.pem 1700000000
deploy_ocsp example.test /ocsp.der 1700000000
unchanged_cert example.test /k.pem /c.pem /f.pem /ch.pem
invalid_challenge example.test '{"type": "urn:x"}'
request_failure 500 'a body' post 'header: x'
request_failure 500 'a body' get
generate_csr example.test /certs/example.test 'example.test *.example.test '
startup_hook
exit_hook
exit_hook ''
exit_hook 'it went wrong'
EOF
    file_is hook.calls <<EOF
deploy_challenge example.test $token $digest
clean_challenge example.test $token $digest
sync_cert /k.pem /c.pem /f.pem /ch.pem /csr.pem
deploy_cert example.test /k.pem /c.pem /f.pem /ch.pem 1700000000
deploy_cert \\*.example.test /k.pem /c.pem /f.pem /ch.pem 1700000000
deploy_ocsp example.test /ocsp.der 1700000000
unchanged_cert example.test /k.pem /c.pem /f.pem /ch.pem
invalid_challenge example.test \\{\\"type\\":\\ \\"urn:x\\"\\}
request_failure 500 a\\ body post header:\\ x
request_failure 500 a\\ body get
generate_csr example.test /certs/example.test example.test\\ \\*.example.test\\ 
startup_hook
exit_hook
exit_hook ''
exit_hook it\\ went\\ wrong
EOF
}

@test "the probe word and unknown words succeed silently and reach nobody" {
    recorder hook
    for word in this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_in_your_script \
        some_hook_of_the_future; do
        deploy "$word" a b c
        status_is 0
        stdout_is ""
        stderr_is ""
    done
    [ ! -e hook.calls ]
}

@test "the probe word succeeds without any handler" {
    run --separate-stderr "$acmehook" --from dehydrated \
        this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_in_your_script
    status_is 0
}

@test "events that need no handler succeed where none is configured" {
    for words in startup_hook exit_hook "unchanged_cert example.test /k /c /f /ch"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" --from dehydrated $words
        status_is 0
        stderr_is ""
    done
}

@test "several triples are as many calls, or one with --chain" {
    recorder hook
    deploy deploy_challenge a.test "$token" "$digest" a.test t2 "$digest2" b.test t3 "$digest3"
    status_is 0
    file_is hook.calls <<EOF
deploy_challenge a.test $token $digest
deploy_challenge a.test t2 $digest2
deploy_challenge b.test t3 $digest3
EOF
    rm hook.calls
    run --separate-stderr "$acmehook" --verify off --chain -H "$PWD/hook" --from dehydrated \
        deploy_challenge a.test "$token" "$digest" a.test t2 "$digest2" b.test t3 "$digest3"
    status_is 0
    file_is hook.calls <<EOF
deploy_challenge a.test $token $digest a.test t2 $digest2 b.test t3 $digest3
EOF
}

@test "tokens and values that begin with - survive" {
    recorder hook
    deploy deploy_challenge example.test -ab "$digest2"
    status_is 0
    file_is hook.calls <<<"deploy_challenge example.test -ab $digest2"
}

@test "a wildcard and a trailing dot are taken from a challenge's domain" {
    recorder hook
    deploy deploy_challenge '*.Example.TEST.' "$token" "$digest"
    status_is 0
    file_is hook.calls <<<"deploy_challenge example.test $token $digest"
}

@test "the type is told by CHALLENGETYPE, else by the shape of the value" {
    recorder hook
    local alpn=2c:fb:08:c1:3a:3b:a3:c0:68:1b:4f:af:8c:2c:86:40:60:56:49:52:0f:c4:8f:a2:fd:7d:f7:e9:e5:0e:41:9a
    for case in "dns-01 $digest" "http-01 $key_auth" "tls-alpn-01 $alpn"; do
        deploy deploy_challenge example.test "$token" "${case#* }"
        status_is 0
        grep -qx "CHALLENGETYPE=${case% *}" hook.env
        tail -n 1 hook.calls | grep -qxF "deploy_challenge example.test $token ${case#* }"
    done
    CHALLENGETYPE=tls-alpn-01 deploy deploy_challenge example.test "$token" $alpn
    status_is 0
    grep -qx CHALLENGETYPE=tls-alpn-01 hook.env
}

@test "what dehydrated exports is there for the hook, and dehydrated's own values win" {
    recorder hook
    deploy deploy_challenge example.test "$token" "$digest"
    for name in BASEDIR CERTDIR ALPNCERTDIR WELLKNOWN CONFIG COMMAND alias altnames CHALLENGETYPE; do
        grep -q "^$name=." hook.env
    done
    BASEDIR=/b WELLKNOWN=/w altnames='a.test *.a.test' alias=mine deploy deploy_challenge a.test "$token" "$digest"
    grep -qx 'BASEDIR=/b' hook.env
    grep -qx 'WELLKNOWN=/w' hook.env
    grep -qxF 'altnames=a.test *.a.test' hook.env
    grep -qx 'alias=mine' hook.env
}

@test "generate_csr: a CSR goes to stdout, anything else does not" {
    handler hook <<'EOF'
#!/bin/sh
echo noise
EOF
    deploy generate_csr example.test /d 'example.test '
    status_is 0
    stdout_is ""
    handler hook <<'EOF'
#!/bin/sh
printf -- '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n'
EOF
    deploy generate_csr example.test /d 'example.test '
    status_is 0
    stdout_is "-----BEGIN CERTIFICATE REQUEST-----
MIIB
-----END CERTIFICATE REQUEST-----"
}

@test "a hook's failure is told to dehydrated, but not where it decides nothing" {
    handler hook <<'EOF'
#!/bin/sh
echo "no zone for $2" >&2
exit 3
EOF
    for words in "deploy_challenge example.test $token $digest" "clean_challenge example.test $token $digest" \
        "deploy_cert example.test /k /c /f /ch 1" "sync_cert /k /c /f /ch /csr" "deploy_ocsp example.test /o 1" \
        "generate_csr example.test /d example.test"; do
        # shellcheck disable=SC2086
        deploy $words
        status_is 1
        stdout_is ""
        stderr_has "failed with exit status 3"
    done
    for words in startup_hook exit_hook "invalid_challenge example.test {}" "request_failure 500 x get" \
        "unchanged_cert example.test /k /c /f /ch"; do
        # shellcheck disable=SC2086
        deploy $words
        status_is 0
        stdout_is ""
        stderr_has "failed with exit status 3"
        stderr_has "this event decides nothing"
    done
}

@test "a deploy that fails is cleaned again: dehydrated would not" {
    handler hook <<'EOF'
#!/bin/sh
echo "$*" >>calls
[ "$1$2" != deploy_challengeb.test ]
EOF
    deploy deploy_challenge a.test "$token" "$digest" b.test t2 "$digest2" c.test t3 "$digest3"
    status_is 1
    stderr_has "deploy_challenge b.test: handler $PWD/hook failed with exit status 1"
    stderr_has "what this call had deployed was cleaned again"
    file_is calls <<EOF
deploy_challenge a.test $token $digest
deploy_challenge b.test t2 $digest2
clean_challenge a.test $token $digest
clean_challenge b.test t2 $digest2
EOF
}

@test "called by the name of a link all words are dehydrated's" {
    recorder hook
    config <<<"handler = \"$PWD/hook\"  verify = off"
    ln -s "$acmehook" dehydrated
    run --separate-stderr ./dehydrated deploy_challenge example.test "$token" "$digest"
    status_is 0
    run --separate-stderr ./dehydrated --help
    status_is 0
    stdout_is ""
    file_is hook.calls <<<"deploy_challenge example.test $token $digest"
}

@test "a word that dehydrated alone uses needs no --from" {
    recorder hook
    run --separate-stderr "$acmehook" --verify off -H "$PWD/hook" clean_challenge example.test "$token" "$digest"
    status_is 0
    file_is hook.calls <<<"clean_challenge example.test $token $digest"
}

@test "too few words, and words that cannot be, are refused with a sentence" {
    recorder hook
    deploy deploy_challenge example.test "$token"
    status_is 2
    stderr_is "acmehook: dehydrated deploy_challenge: 2 words instead of a multiple of 3"
    deploy deploy_challenge example.test "$token" "$digest" b.test
    status_is 2
    deploy deploy_challenge 'exa mple.test' "$token" "$digest"
    status_is 2
    stderr_has 'domain "exa mple.test" has a character that no domain name has'
    deploy deploy_challenge example.test '../../etc/passwd' "$digest"
    status_is 2
    stderr_has 'token "../../etc/passwd" has a character outside base64url'
    deploy deploy_challenge example.test "$token" tooshort
    status_is 2
    stderr_has 'validation "tooshort" is neither a TXT digest, a key authorization nor a tls-alpn-01 hash'
    deploy deploy_challenge 192.0.2.1 "$token" "$digest"
    status_is 2
    stderr_has 'dns-01 is not possible for the IP address 192.0.2.1'
    deploy deploy_challenge 'exämple.test' "$token" "$digest"
    status_is 2
    stderr_has 'is not in A-labels'
    deploy deploy_challenge example.test othertoken "$key_auth"
    status_is 2
    stderr_has 'is not the one the key authorization'
    [ ! -e hook.calls ]
}

@test "undoing goes to the handler that is for cleaning" {
    for name in auth cleanup; do
        handler $name <<'EOF'
#!/bin/sh
echo "$CERTBOT_DOMAIN $CERTBOT_VALIDATION" >>"$0.calls"
case $0 in *auth) exit 1 ;; esac
EOF
    done
    config <<EOF
verify = "off"
to = "certbot"
match "perform_challenge" { handler = "$PWD/auth" }
match "cleanup" { handler = "$PWD/cleanup" }
EOF
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 1
    file_is auth.calls <<<"a.test $digest"
    file_is cleanup.calls <<<"a.test $digest"
}

@test "what a handler cannot be told is refused, nothing is called" {
    recorder hook
    run --separate-stderr "$acmehook" --verify off -t lego-raw -H "$PWD/hook" --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 2
    stderr_is "acmehook: deploy_challenge a.test: the handler's present (dialect lego-raw) needs the key_auth, which the client does not tell; set thumbprint, or use a handler that wants the TXT value instead"
    [ ! -e hook.calls ]
    config <<EOF
verify = "off"
match "perform_challenge" { handler = "$PWD/bad" }
EOF
    handler bad <<'EOF'
#!/bin/sh
exit 1
EOF
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 1
    stderr_has "cannot be undone, something may be left behind: no handler for a.test"
}
