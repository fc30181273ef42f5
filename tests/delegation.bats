# A CNAME from one challenge name to another: the handler is told of the domain that it leads to.
load lib
load fakedns

setup() {
    own_directory
    base=(
        "_acme-challenge.a.test * cname _acme-challenge.x.test"
        "_acme-challenge.far.test * cname _acme-challenge.a.test"
        "_acme-challenge.b.test * cname b.acme-dns.test"
        "_acme-challenge.loop.test * cname _acme-challenge.loop.test"
    )
    serve
    # publishes what it is told, for whom it is told
    handler hook <<'EOF'
#!/bin/sh
echo "$*" >>calls
case $1 in
deploy_challenge) { cat base; echo "_acme-challenge.$2 TXT txt \"$4\""; echo "* * nxdomain test"; } >new && mv new authority.rules ;;
clean_challenge) { cat base; echo "* * nxdomain test"; } >new && mv new authority.rules ;;
esac
EOF
    cp hook special
    top="handler = \"$PWD/hook\"  authority = \"$authority\"  verify-timeout = 1"
    config <<<"$top"
}

serve() { # RULE...: more of them
    printf '%s\n' "${base[@]}" >base
    dns < <(printf '%s\n' "${base[@]}" "$@" "* * nxdomain test")
}

deploy() { # DOMAIN [OPTION...]
    run --separate-stderr "$acmehook" "${@:2}" --from dehydrated deploy_challenge "$1" "$token" "$digest"
}
clean() {
    run --separate-stderr "$acmehook" "${@:2}" --from dehydrated clean_challenge "$1" "$token" "$digest"
}

@test "the handler is told of the domain that the CNAME leads to; what is verified is the one asked for" {
    deploy a.test
    status_is 0
    stderr_is ""
    file_is calls <<<"deploy_challenge x.test $token $digest"
    # the journal knows it, and nobody is asked again
    run -0 "$acmehook" --format json pending
    jq -e '.domain == "a.test" and .delegated == "x.test"' <<<"$output"
    serve "_acme-challenge.x.test TXT txt \"$digest\""
    clean a.test --verify off
    status_is 0
    [ "$(tail -n 1 calls)" = "clean_challenge x.test $token $digest" ]
    run -0 "$acmehook" pending
    [ -z "$output" ]
}

@test "chains are followed to their end; a name that is no alias, one that leads in a circle and one that nobody tells of are as they were" {
    deploy far.test
    status_is 0
    for domain in c.test loop.test; do deploy $domain; done
    serve "_acme-challenge.mute.test * refused"
    sed -i '/mute/d' base
    deploy mute.test --verbose
    stderr_has "whether _acme-challenge.mute.test is a CNAME cannot be said: no name server tells"
    cut -d ' ' -f 1,2 calls | grep deploy >deploys
    file_is deploys <<'EOF'
deploy_challenge x.test
deploy_challenge c.test
deploy_challenge loop.test
deploy_challenge mute.test
EOF
}

@test "pending --clean and the undoing of a failure go the same way" {
    deploy a.test
    run -0 "$acmehook" pending --clean --older-than 0
    [ "$(tail -n 1 calls)" = "clean_challenge x.test $token $digest" ]
    handler hook <<<$'#!/bin/sh\necho "$1 $2" >>undone'
    deploy a.test
    status_is 4
    file_is undone <<<$'deploy_challenge x.test\nclean_challenge x.test'
}

@test "the rule of the domain it leads to, else its own; what is verified by its own" {
    config <<EOF
$top
match "x.test" { handler = "$PWD/special"  verify = off }
match "a.test" { verify = strict }
EOF
    deploy a.test --format json
    status_is 0
    jq -e --arg h "$PWD/special" '.handler.path == $h and .verify.verdict == "PASS" and .delegation == {"name": "_acme-challenge.x.test", "domain": "x.test"}' <<<"$stderr"
    # none for x.test
    config <<EOF
$top
match "a.test" { handler = "$PWD/special" }
EOF
    deploy a.test --format json
    jq -e --arg h "$PWD/special" '.handler.path == $h and .handler.argv[2] == "x.test"' <<<"$stderr"
}

@test "a handler for the domain it leads to alone is enough" {
    config <<EOF
${top/handler = \"$PWD\/hook\"}
match "x.test" { handler = "$PWD/hook" }
EOF
    deploy a.test
    status_is 0
    file_is calls <<<"deploy_challenge x.test $token $digest"
    deploy c.test
    status_is 2
    stderr_is "acmehook: deploy_challenge c.test: no handler for c.test; set handler in $ACMEHOOK_CONFIG, or give --handler"
    # uacme's offers are declined as ever
    run --separate-stderr "$acmehook" --from uacme begin dns-01 c.test "$token" "$digest"
    status_is 1
    stderr_is ""
    run --separate-stderr "$acmehook" --from uacme begin dns-01 a.test "$token" "$digest"
    status_is 0
    run -2 --separate-stderr "$acmehook" explain --from dehydrated deploy_challenge a.test "$token" "$digest"
    stderr_has "no handler for a.test"
}

@test "a CNAME to another kind of name: the handler is told as ever, and a failure says which would work" {
    deploy b.test
    status_is 4
    grep -qx "deploy_challenge b.test $token $digest" calls
    stderr_has "_acme-challenge.b.test is a CNAME to b.acme-dns.test, and handlers can only be told to write at names that begin with _acme-challenge.; a CNAME to _acme-challenge.b.acme-dns.test would work"
    # who writes there all the same is not bothered
    handler hook <<<$'#!/bin/sh\n{ cat base; echo "b.acme-dns.test TXT txt \\"$4\\""; } >authority.rules'
    deploy b.test
    status_is 0
    [[ $stderr != *"would work"* ]]
}

@test "delegation = ignore, and verification that is off: nobody is asked, the handler is told as ever" {
    deploy a.test --verify off
    config <<EOF
$top
match "a.test" { delegation = ignore }
EOF
    deploy a.test
    file_is calls <<EOF
deploy_challenge a.test $token $digest
deploy_challenge a.test $token $digest
clean_challenge a.test $token $digest
EOF
}

@test "of many in one call each goes where it leads; run, too" {
    handler hook <<<$'#!/bin/sh\necho "$*" >>calls'
    run --separate-stderr "$acmehook" --trust status --chain --from dehydrated deploy_challenge a.test "$token" "$digest" c.test "$token" "$digest2"
    file_is calls <<<"deploy_challenge x.test $token $digest c.test $token $digest2"
    run -0 --separate-stderr "$acmehook" --trust status run < <(for d in a c b far; do
        echo "{\"cmd\": \"perform_challenge\", \"type\": \"dns-01\", \"domain\": \"$d.test\", \"token\": \"$token\", \"validation\": \"$digest\"}"
    done)
    jq -sc 'map([.domain, .handler.argv[2], .delegation.name, .delegation.domain]) | sort | .[]' <<<"$output" >results
    file_is results <<'EOF'
["a.test","x.test","_acme-challenge.x.test","x.test"]
["b.test","b.test","b.acme-dns.test",null]
["c.test","c.test",null,null]
["far.test","x.test","_acme-challenge.x.test","x.test"]
EOF
}

@test "handlers that are told the name of the record are told that of the other domain" {
    handler hook <<<$'#!/bin/sh\necho "$*" >calls'
    deploy a.test --to lego --trust status
    file_is calls <<<"present _acme-challenge.x.test. $digest"
}

@test "stopped while it is asked: the handler is not called" {
    serve "_acme-challenge.s.test * silent"
    "$acmehook" --from dehydrated deploy_challenge s.test "$token" "$digest" 2>err 3>&- &
    pid=$!
    for ((i = 0; i < 400; i++)); do ! pgrep -P $pid >/dev/null || break; sleep 0.02; done
    kill -TERM $pid
    rc=0
    wait $pid || rc=$?
    [ $rc -eq 75 ]
    [ ! -e calls ]
    grep -q "stopped before the handler was called" err
}

@test "run: handlers do not wait behind those that are asked for; the order of one domain stays" {
    serve "_acme-challenge.s.test * silent"
    handler hook <<<$'#!/bin/sh\necho "$1 $2" >>calls'
    event() { echo "{\"cmd\": \"$1\", \"type\": \"dns-01\", \"domain\": \"$2.test\", \"validation\": \"$digest\"}"; }
    { for d in s c; do event perform_challenge $d; event cleanup $d; done; } >events
    run -0 --separate-stderr "$acmehook" --trust status --jobs 1 run events
    [ "$(head -n 1 calls)" = "deploy_challenge c.test" ]
    for d in s c; do
        [ "$(grep $d.test calls)" = "deploy_challenge $d.test"$'\n'"clean_challenge $d.test" ]
    done
}

@test "run: a serial handler that CNAMEs lead to never runs twice at once" {
    handler special <<'EOF'
#!/bin/sh
mkdir busy || echo "$2 beside another" >>faults
sleep 0.2
rmdir busy
echo "$2" >>calls
EOF
    config <<EOF
$top
trust = "status"
match "x.test" { handler = "$PWD/special" serial = yes }
EOF
    run -0 --separate-stderr "$acmehook" --jobs 3 run < <(for d in a far c x; do
        echo "{\"cmd\": \"perform_challenge\", \"type\": \"dns-01\", \"domain\": \"$d.test\", \"validation\": \"$digest\"}"
    done)
    [ ! -e faults ]
    [ "$(grep -cx x.test calls)" = 3 ]
}

@test "certbot's challenges that are gathered for one call go where they lead, too" {
    handler hook <<'EOF'
#!/bin/sh
echo "$*" >>calls
{ cat base; echo "_acme-challenge.x.test TXT txt \"$4\" \"$7\""; echo "* * nxdomain test"; } >new && mv new authority.rules
EOF
    config <<<"$top  chain = true"
    export CERTBOT_DOMAIN=a.test CERTBOT_ALL_DOMAINS=a.test,\*.a.test
    CERTBOT_VALIDATION=$digest CERTBOT_REMAINING_CHALLENGES=1 run -0 "$acmehook" --from certbot auth
    [ ! -e calls ]
    CERTBOT_VALIDATION=$digest2 CERTBOT_REMAINING_CHALLENGES=0 run -0 --separate-stderr "$acmehook" --from certbot auth
    stderr_is ""
    [ "$(wc -l <calls)" -eq 1 ]
    grep -q "^deploy_challenge x.test [^ ]* [^ ]* x.test [^ ]* [^ ]*$" calls
    grep -qF -e "$digest" calls
    grep -qF -e "$digest2" calls
}
