# Many values at one name: a name and its wildcard, two certificates at once; and handlers that
# cannot cope with them. Their zone is that of a real name server.
load lib

name=_acme-challenge.example.test

# zone: a name server for what is in the directory values, a file for each name, a value a line;
# publish brings it there. Settings on stdin, for the handler that is called hook.
zone() {
    local port
    mkdir -p values
    handler publish <<'EOF'
#!/bin/bash
cd "${0%/*}" || exit
for file in values/*; do
    [ -s "$file" ] || continue
    printf '%s TXT txt' "${file##*/}"
    sed 's/.*/ "&"/' "$file" | tr -d '\n'
    echo
done >new.rules
echo '* * nodata' >>new.rules
mv new.rules rules
EOF
    ./publish
    mkfifo dns.in
    exec {out}< <(exec "$builddir/tests/fixture/fakedns" rules <dns.in 3>&-)
    exec {keep}>dns.in
    read -r port <&"$out"
    config <<EOF
handler = "$PWD/hook"
authority = "127.0.0.1#$port"
verify-timeout = 30
$(cat)
EOF
}

# hook: a handler for dehydrated, whose calls are in the file calls; in it the functions of stdin are
# called for each challenge: add NAME VALUE, remove NAME VALUE; and call before all of them
hook() {
    { cat <<'EOF'; cat; cat <<'EOF'; } >hook
#!/bin/bash
cd "${0%/*}" || exit
echo "$*" >>calls
call() { :; }
add() { echo "$2" >>"values/_acme-challenge.$1"; }
remove() { sed -i "/^$2\$/d" "values/_acme-challenge.$1"; }
EOF
word=$1
shift
call "$@"
while [ $# -gt 0 ]; do
    case $word in
    deploy_challenge) add "$1" "$3" ;;
    clean_challenge) remove "$1" "$3" ;;
    esac
    shift 3
done
./publish
EOF
    chmod +x hook
}

# Hooks with faults.
replacing() { # each value replaces what is there
    hook <<<'add() { echo "$2" >"values/_acme-challenge.$1"; }'
}
replacing_calls() { # each call replaces what is there
    hook <<<'call() { [ $word != deploy_challenge ] || rm -f values/*; }'
}
taking_first() { # and passing over the others
    hook <<<'add() { echo "$2" >>"values/_acme-challenge.$1"; shift $#; ./publish; exit; }'
}
removing_all() {
    hook <<<'remove() { rm -f "values/_acme-challenge.$1"; }'
}

# As dehydrated: deploy NAME DIGEST..., clean likewise; certbot WORD DIGEST REMAINING [NAME]
deploy() {
    words deploy_challenge "$@"
}
clean() {
    words clean_challenge "$@"
}
words() {
    local word=$1 domain=$2 words=() value
    shift 2
    for value in "$@"; do
        words+=("$domain" "t$value" "$value")
    done
    run --separate-stderr "$acmehook" --from dehydrated "$word" "${words[@]}"
}
certbot() {
    CERTBOT_DOMAIN=${4-example.test} CERTBOT_VALIDATION=$2 CERTBOT_REMAINING_CHALLENGES=$3 \
        CERTBOT_ALL_DOMAINS=${all-example.test,example.test} \
        run --separate-stderr "$acmehook" --from certbot "$1"
}

published() { # VALUE...: these, and no others, in any order
    file_is <(sort "values/$name") < <([ $# = 0 ] || printf '%s\n' "$@" | sort)
}

replaced="handler $BATS_TEST_TMPDIR/hook replaced the first value of $name when it added the second"

@test "both values of a name and its wildcard are there: nothing is said" {
    zone </dev/null
    hook </dev/null
    deploy example.test "$digest"
    deploy example.test "$digest2"
    status_is 0
    stderr_is ""
    published "$digest" "$digest2"
}

@test "a handler that replaces the first value is found out with the second, without waiting for it" {
    zone </dev/null
    replacing
    deploy example.test "$digest"
    status_is 0
    deploy example.test "$digest2"
    status_is 3
    stderr_has "$replaced (FAIL D17 after "
    stderr_has "set chain = true and replaces = true"
}

@test "a handler that replaces the first value of certbot's batch is found out with the last one" {
    zone <<<'verify-timeout = 0.5'
    replacing
    certbot auth "$digest" 1
    status_is 0
    certbot auth "$digest2" 0
    status_is 4
    stderr_has "$replaced (RETRY D17"
    # it is said once, of both
    [ "$(grep -c replaced <<<"$stderr")" = 1 ]
}

@test "a handler that takes the first of many is found out" {
    zone <<<$'verify-timeout = 0.5\nchain = true'
    taking_first
    deploy example.test "$digest" "$digest2"
    status_is 4
    stderr_has "took only the first of the values of $name that it was told in one call"
    stderr_has "set chain = false"
}

@test "a handler that is told both in one call, and keeps one, is found out" {
    zone <<<$'verify-timeout = 0.5\nchain = true'
    replacing
    deploy example.test "$digest" "$digest2"
    status_is 4
    stderr_has "kept one of the values of $name that it was told in one call"
}

@test "a value of another client that was replaced is warned of; its client has an answer already" {
    zone </dev/null
    replacing
    setsid --wait "$acmehook" --from dehydrated deploy_challenge example.test t "$digest"
    deploy example.test "$digest2"
    status_is 0
    stderr_is "acmehook: WARNING: handler $PWD/hook replaced a value of $name that another client still needs; see replaces in acmehook.conf(5)"
}

@test "a value of another client that was cleaned with one's own is warned of" {
    zone </dev/null
    removing_all
    setsid --wait "$acmehook" --from dehydrated deploy_challenge example.test t "$digest"
    deploy example.test "$digest2"
    deploy example.test "$digest3"
    clean example.test "$digest2"
    status_is 0
    stderr_is "acmehook: WARNING: handler $PWD/hook cleaned a value of $name that another client still needs; see cleans-all in acmehook.conf(5)"
    # not of one's own, of which the client has no more need: it cleans
    rm -r state
    deploy example.test "$digest"
    deploy example.test "$digest2"
    clean example.test "$digest"
    status_is 0
    stderr_is ""
}

@test "what was cleaned, or is older than an hour, is not missed" {
    zone </dev/null
    replacing
    deploy example.test "$digest"
    clean example.test "$digest"
    deploy example.test "$digest2"
    status_is 0
    sed -i "s/\"created\": [0-9]*/\"created\": $(($(date +%s) - 3700))/" state/*/*.json
    deploy example.test "$digest3"
    status_is 0
    stderr_is ""
}

# called WORD NUMBER...: the calls of the handler with this word, and how many challenges each was for
called() {
    local word=$1
    shift
    file_is <(sed -n "s/^$word //p" calls | awk '{ print NF / 3 }' | xargs) <<<"$*"
}

# states STATE...: of the entries of the journal, in any order
states() {
    file_is <("$acmehook" --format json pending | jq -r .state | sort | xargs) <<<"$*"
}

@test "chain: certbot's batch becomes one call, with its last challenge, a name before longer ones" {
    zone <<<'chain = true'
    hook </dev/null
    echo 'echo "record 17"' >>hook
    all=www.example.test,example.test,example.test
    certbot auth "$digest" 2 www.example.test
    status_is 0
    stdout_is ""
    certbot auth "$digest2" 1
    status_is 0
    states planned planned
    run --separate-stderr "$acmehook" pending
    [[ $output == *"  planned    dns-01 www.example.test  $PWD/hook"* ]]
    [ ! -e calls ]
    certbot auth "$digest3" 0
    status_is 0
    stderr_is ""
    stdout_is "record 17"
    states deployed deployed deployed
    [[ $(<calls) == "deploy_challenge example.test "*" example.test "*" www.example.test "* ]]
    called deploy_challenge 3
    "$acmehook" --format json pending | jq -es 'all(.verdict == "PASS")'
    # each gets what the handler printed
    certbot cleanup "$digest" 2 www.example.test
    certbot cleanup "$digest2" 1
    certbot cleanup "$digest3" 0
    status_is 0
    called clean_challenge 1 1 1
    states ""
}

@test "chain: what a handler prints is certbot's for each challenge of the batch" {
    zone <<EOF
chain = true
match "clean_challenge" { handler = "$BATS_TEST_TMPDIR/cleanup" to = "certbot" verify = off }
EOF
    hook </dev/null
    echo 'echo "record 17"' >>hook
    recorder cleanup
    certbot auth "$digest" 1
    certbot auth "$digest2" 0
    CERTBOT_AUTH_OUTPUT= certbot cleanup "$digest" 1
    status_is 0
    grep -qx 'CERTBOT_AUTH_OUTPUT=record 17' cleanup.env
}

@test "chain: the last call of certbot's batch fails for all, and cleaning calls the handler for what it was told of" {
    zone <<<'chain = true'
    hook <<<'[ $word = clean_challenge ] || { echo "no room" >&2; exit 3; }'
    sed -i '2a word=$1' hook
    certbot auth "$digest" 1
    certbot auth "$digest2" 0
    status_is 1
    stderr_has "no room"
    states failed failed
    certbot cleanup "$digest" 1
    certbot cleanup "$digest2" 0
    called clean_challenge 1 1
    states ""
}

@test "chain: certbot is killed before the last challenge of its batch: the handler has nothing to clean" {
    zone <<<'chain = true'
    hook </dev/null
    certbot auth "$digest" 1
    states planned
    # it cleans, as it does when it is stopped
    certbot cleanup "$digest" 1
    status_is 0
    states ""
    # it does not
    certbot auth "$digest" 1
    run -0 "$acmehook" pending --clean
    states planned
    sed -i "s/\"created\": [0-9]*/\"created\": $(($(date +%s) - 3700))/" state/*/*.json
    run -0 "$acmehook" pending --clean
    states ""
    [ ! -e calls ]
}

@test "chain: where the handler of a name takes one challenge, it is called at once" {
    zone <<EOF
match "example.test" { chain = true }
EOF
    hook </dev/null
    all=example.test,www.example.test,example.test
    certbot auth "$digest" 2
    certbot auth "$digest2" 1 www.example.test
    called deploy_challenge 1
    certbot auth "$digest3" 0
    status_is 0
    stderr_is ""
    called deploy_challenge 1 2
}

@test "replaces: each call is for all values of the name that are there" {
    zone <<<$'chain = true\nreplaces = true'
    replacing_calls
    deploy example.test "$digest"
    deploy example.test "$digest2"
    status_is 0
    stderr_is ""
    published "$digest" "$digest2"
    called deploy_challenge 1 2
    # what was cleaned is not there again
    clean example.test "$digest"
    status_is 0
    deploy example.test "$digest3"
    status_is 0
    published "$digest2" "$digest3"
    states deployed deployed
    # other names are left out
    deploy www.example.test "$digest"
    called deploy_challenge 1 2 2 1
}

@test "replaces: values of other clients are kept, too" {
    zone <<<$'chain = true\nreplaces = true'
    replacing_calls
    setsid --wait "$acmehook" --from dehydrated deploy_challenge example.test t "$digest"
    deploy example.test "$digest2"
    status_is 0
    stderr_is ""
    published "$digest" "$digest2"
    # the result is that of one event
    run --separate-stderr "$acmehook" --format json --from dehydrated deploy_challenge example.test t "$digest3"
    status_is 0
    jq -es 'length == 1 and .[0].ok' <<<"$stderr"
    published "$digest" "$digest2" "$digest3"
}

@test "replaces: a deploy that fails is undone, those before it are not" {
    zone <<<$'chain = true\nreplaces = true'
    replacing_calls
    deploy example.test "$digest"
    sed -i '2a [ $# -le 4 ] || exit 1' hook
    deploy example.test "$digest2"
    status_is 1
    called clean_challenge 1
    grep -q "^clean_challenge example.test t$digest2" calls
    states deployed
}

@test "replaces: a handler that takes one challenge in a call is not called for a second value, and it is said why" {
    zone <<<'replaces = true'
    replacing
    deploy example.test "$digest"
    status_is 0
    deploy example.test "$digest2"
    status_is 2
    stderr_has "handler $PWD/hook keeps one value of a name (replaces), and a second one of $name would take the place of the first: set chain = true"
    published "$digest"
    called deploy_challenge 1
    # nor for two at once
    clean example.test "$digest"
    deploy example.test "$digest" "$digest2"
    status_is 2
    called deploy_challenge 1
    # one after the other is well
    deploy example.test "$digest2"
    status_is 0
}

@test "replaces: a dialect in which one challenge is told in a call" {
    zone <<<$'to = "env"\nchain = true\nreplaces = true\nverify = off'
    recorder hook
    deploy example.test "$digest"
    deploy example.test "$digest2"
    status_is 2
    stderr_has "a handler of the dialect env cannot be told of both in one call: get the name and its wildcard as two certificates"
}

@test "cleans-all: the handler is called when the last value of the name is cleaned, for all of them" {
    zone <<<'cleans-all = true'
    removing_all
    deploy example.test "$digest"
    deploy example.test "$digest2"
    clean example.test "$digest"
    status_is 0
    stderr_is ""
    published "$digest" "$digest2"
    states deployed unwanted
    # not counted among those that are there
    run --separate-stderr "$acmehook" --from mod_md teardown example.test
    status_is 2
    clean example.test "$digest2"
    status_is 0
    called clean_challenge 1 1
    [ ! -e "values/$name" ]
    states ""
    # in one call, if it takes many
    rm calls
    echo 'chain = true' >>"$ACMEHOOK_CONFIG"
    deploy example.test "$digest" "$digest2"
    clean example.test "$digest"
    clean example.test "$digest2"
    called clean_challenge 2
    # both at once
    deploy example.test "$digest" "$digest2"
    clean example.test "$digest" "$digest2"
    called clean_challenge 2 2
    states ""
}

@test "cleans-all: pending cleans what waited, when nobody needs the others any more" {
    zone <<<'cleans-all = true'
    removing_all
    deploy example.test "$digest"
    deploy example.test "$digest2"
    clean example.test "$digest"
    run --separate-stderr "$acmehook" -v pending --clean
    status_is 0
    stderr_has "pending: 0 cleaned, 0 failed"
    [ "$(grep -c ^clean calls)" = 0 ]
    states deployed unwanted
    # the other client was killed an hour ago
    sed -i "s/\"created\": [0-9]*/\"created\": $(($(date +%s) - 3700))/" state/*/*.json
    run --separate-stderr "$acmehook" pending --clean
    status_is 0
    states ""
    called clean_challenge 1 1
}

@test "cleans-all: what was deployed and failed waits for the others, too" {
    zone <<<$'cleans-all = true\nverify-timeout = 0.5'
    removing_all
    deploy example.test "$digest"
    echo 'exit 1' >>hook
    deploy example.test "$digest2"
    status_is 1
    states deployed unwanted
    [ "$(grep -c ^clean calls)" = 0 ]
}

@test "explain shows what a handler would be told beside what the client tells" {
    zone <<<$'chain = true\nreplaces = true'
    replacing_calls
    deploy example.test "$digest"
    run -0 "$acmehook" explain --from dehydrated deploy_challenge example.test t "$digest2"
    grep -qx "argv: *$PWD/hook deploy_challenge example.test t $digest2 example.test t$digest $digest" <<<"$output"
    called deploy_challenge 1
}

@test "48 rounds of two clients and a pending --clean, with a handler that replaces and cleans all" {
    zone <<<$'verify = off\nchain = true\nreplaces = true\ncleans-all = true'
    handler hook <<'EOF'
#!/bin/bash
cd "${0%/*}" || exit
word=$1 file=values/_acme-challenge.$2
shift
case $word in
deploy_challenge)
    while [ $# -gt 0 ]; do echo "$3"; shift 3; done >new
    mv new "$file"
    ;;
clean_challenge) rm -f "$file" ;;
esac
EOF
    client() {
        for ((i = 0; i < 48; i++)); do
            "$acmehook" --from dehydrated deploy_challenge example.test t "$1" || return
            grep -qxe "$1" "values/$name" || return
            # every fourth stays
            [ $((i % 4)) -eq 3 ] ||
                "$acmehook" --from dehydrated clean_challenge example.test t "$1" || return
        done
    }
    client "$digest" 2>>errors &
    one=$!
    client "$digest2" 2>>errors &
    two=$!
    while kill -0 $one 2>/dev/null || kill -0 $two 2>/dev/null; do
        "$acmehook" pending --clean 2>>errors
    done
    wait $one
    wait $two
    file_is errors </dev/null
    published "$digest" "$digest2"
    states deployed deployed
    run -0 "$acmehook" pending --clean --older-than 0
    [ ! -e "values/$name" ]
    states ""
}

@test "run: a later event is told with what is still being verified, and one is cleaned when nobody needs the others" {
    zone <<<$'chain = true\nchain-max = 1\nreplaces = true\ncleans-all = true'
    # not there before all three were deployed, so that each is verified while the next is deployed
    hook <<'EOF'
call() { [ $word != deploy_challenge ] || rm -f values/*; }
remove() { rm -f "values/_acme-challenge.$1"; }
EOF
    sed -i 's/^.\/publish/case $(cat values\/* 2>\/dev\/null | wc -l) in 1 | 2) ;; *) .\/publish ;; esac/' hook
    event() { printf '{"cmd": "%s", "type": "dns-01", "domain": "example.test", "validation": "%s"}\n' "$@"; }
    { event perform_challenge "$digest"; event perform_challenge "$digest2"; event perform_challenge "$digest3"
      event cleanup "$digest"; event cleanup "$digest2"; event cleanup "$digest3"; } >events
    run --separate-stderr "$acmehook" run events
    status_is 0
    jq -es 'length == 6 and all(.ok)' <<<"$output"
    called deploy_challenge 1 2 3
    called clean_challenge 3
    [ ! -e "values/$name" ]
    states ""
}
