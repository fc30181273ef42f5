# The configuration file: rules, precedence, and what is wrong with it in one sentence.
load lib

# which HANDLER explain chooses for the words
chosen() {
    run --separate-stderr "$acmehook" explain "$@"
    [ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
    sed -n 's/^handler:  \([^ ]*\).*/\1/p' <<<"$output"
}

deploy() { # DOMAIN [VALUE]
    chosen --from dehydrated deploy_challenge "$1" "$token" "${2:-$digest}"
}

@test "the most specific rule wins: event, then name, then type" {
    config <<'EOF'
handler = "/all"
match "*.corp.example"             { handler = "/corp" }
match "*.lab.corp.example"         { handler = "/lab" }
match "www.corp.example"           { handler = "/www" }
match "www.corp.example http-01"   { handler = "/www-http" }
match ".both.example"              { handler = "/both" }
match "http-01"                    { handler = "/http" }
match "deploy_cert"                { handler = "/cert" }
match "deploy_cert .both.example"  { handler = "/both-cert" }
match "clean_challenge"            { handler = "/clean" }
EOF
    [ "$(deploy other.example)" = /all ]
    [ "$(deploy corp.example)" = /all ]
    [ "$(deploy a.corp.example)" = /corp ]
    [ "$(deploy a.b.corp.example)" = /corp ]
    [ "$(deploy xcorp.example)" = /all ]
    [ "$(deploy a.lab.corp.example)" = /lab ]
    [ "$(deploy WWW.corp.example)" = /www ]
    [ "$(deploy www.corp.example "$key_auth")" = /www-http ]
    [ "$(deploy a.corp.example "$key_auth")" = /corp ]
    [ "$(deploy other.example "$key_auth")" = /http ]
    [ "$(deploy both.example)" = /both ]
    [ "$(deploy x.both.example)" = /both ]
    [ "$(chosen --from dehydrated deploy_cert a.corp.example /k /c /f /ch 1)" = /cert ]
    [ "$(chosen --from dehydrated deploy_cert '*.both.example' /k /c /f /ch 1)" = /both-cert ]
    [ "$(chosen --from dehydrated clean_challenge a.corp.example "$token" "$digest")" = /clean ]
    [ "$(chosen --from dehydrated startup_hook)" = /all ]
}

@test "command line beats rule beats file" {
    config <<'EOF'
handler = "/file"
verify = "off"
verify-timeout = 7
match "a.test" {
    handler = "/rule"
    verify = "strict"
}
EOF
    deploy a.test | grep -x /rule
    grep -q '^verify:   strict, at most 7 s' <("$acmehook" explain deploy_challenge a.test "$token" "$digest")
    deploy b.test | grep -x /file
    grep -q '^verify:   no' <("$acmehook" explain deploy_challenge b.test "$token" "$digest")
    [ "$(chosen -H /command --from dehydrated deploy_challenge a.test "$token" "$digest")" = /command ]
}

@test "--config names the file; ACMEHOOK_CONFIG does; a missing one that was named is an error" {
    echo 'handler = "/other"' >other.conf
    [ "$(chosen -c other.conf --from dehydrated startup_hook)" = /other ]
    export ACMEHOOK_CONFIG=$PWD/other.conf
    [ "$(chosen --from dehydrated startup_hook)" = /other ]
    export ACMEHOOK_CONFIG=$PWD/missing.conf
    run --separate-stderr "$acmehook" --from dehydrated startup_hook
    status_is 2
    stderr_is "acmehook: configuration $PWD/missing.conf: No such file or directory"
}

@test "a chain is split by rule, and each handler is called for its own" {
    recorder one
    recorder two
    config <<EOF
verify = "off"
chain = true
handler = "$PWD/one"
match ".b.test" { handler = "$PWD/two" }
EOF
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test t1 "$digest" x.b.test t2 "$digest2" y.b.test t3 "$digest3" c.test t4 "$digest"
    status_is 0
    file_is one.calls <<<"deploy_challenge a.test t1 $digest c.test t4 $digest"
    file_is two.calls <<<"deploy_challenge x.b.test t2 $digest2 y.b.test t3 $digest3"
}

@test "long values and lists arrive whole" {
    long=$(head -c 5000 /dev/zero | tr '\0' v)
    recorder hook
    config <<EOF
handler = "$PWD/hook"
verify = "off"
env = { "LONG=$long",
        "SECOND=2" }
EOF
    run --separate-stderr "$acmehook" --from dehydrated startup_hook
    status_is 0
    grep -qx "LONG=$long" hook.env
    grep -qx SECOND=2 hook.env
}

wrong() { # SENTENCE: what a call says of the configuration on stdin
    config
    run --separate-stderr "$acmehook" -H /bin/true --from dehydrated startup_hook
    status_is 2
    stdout_is ""
    stderr_is "acmehook: $ACMEHOOK_CONFIG:$1"
}

@test "what is wrong with it is said in one sentence with its line" {
    wrong "3: no such option 'handlr'; did you mean handler?" <<'EOF'
# a comment
verify = "off"
handlr = "/x"
EOF
    wrong "2: no such option 'from'" <<'EOF'
match "a.test" {
    from = "certbot" }
EOF
    wrong "1: no such option 'jobs' in a section; it holds for all, and stands outside of match" <<<'match "a.test" { jobs = 2 }'
    wrong '1: match "deploy_crt": "deploy_crt" is no event; did you mean deploy_cert?' <<<'match "deploy_crt" { handler = /x }'
    wrong '1: verify: "maybe" is none of strict, require, warn, off' <<<'verify = "maybe"'
    wrong '2: timeout: "soon" is not a time; write 90, 2.5 or 5m' <<<'
timeout = "soon"'
    wrong '1: http-port: "70000" is not a port from 1 to 65535' <<<'http-port = 70000'
    wrong '1: umask: "9" is not an octal mode such as 022' <<<'umask = "9"'
    wrong '1: env: an element is not NAME=VALUE; it is not shown, as it may be secret' <<<'env = { "X" }'
    wrong "1: invalid boolean value for option 'chain'" <<<'chain = perhaps'
    wrong '1: handler: "hook.sh" is not an absolute path, and clients and cron run in directories of their own' <<<'handler = "hook.sh"'
    wrong '2: match "a.test b.test": "b.test" is one word too many: a pattern has at most one event, one name and one challenge type' <<<'
match "a.test b.test" { }'
    wrong '1: match "exa_mple..test": "exa_mple..test" is neither an event, a challenge type nor a name: it has an empty label' <<<'match "exa_mple..test" { }'
    wrong "3: found duplicate title 'a.test'" <<'EOF'
match "a.test" { }

match "a.test" { }
EOF
}

@test "a section that is not closed, a string that does not end" {
    for text in 'match "a.test" {' 'handler = "/x' 'env = { "A=1"'; do
        printf '%s\n' "$text" >"$ACMEHOOK_CONFIG"
        run --separate-stderr "$acmehook" --from dehydrated startup_hook
        status_is 2
        stderr_has "acmehook: $ACMEHOOK_CONFIG:"
    done
    echo 'handler = "/x' >"$ACMEHOOK_CONFIG"
    run --separate-stderr "$acmehook" --from dehydrated startup_hook
    stderr_has "premature end of file; is a quote not closed?"
}

@test "an unknown kind of handler" {
    wrong '2: to: "perl" is no kind of handler; acmehook dialects lists them' <<'EOF'
handler = "/x"
to = "perl"
EOF
    wrong '1: to: "dehydratd" is no kind of handler; did you mean dehydrated?' <<<'to = dehydratd'
    config </dev/null
    run --separate-stderr "$acmehook" -t perl -H /x --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 2
    stderr_has 'to: "perl" is no kind of handler; acmehook dialects lists them'
}

@test "a challenge without handler is refused" {
    config <<<'match "other.test" { handler = "/bin/true" }'
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test "$token" "$digest"
    status_is 2
    stderr_is "acmehook: deploy_challenge a.test: no handler for a.test; set handler in $ACMEHOOK_CONFIG, or give --handler"
}
